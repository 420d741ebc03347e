import { OpsError } from '@opsgraph/errors';
import type { MigrationSql } from '@opsgraph/migration-lint';
import type { MigrationSettings } from '@opsgraph/migrations';
import { listFiles, shownPath } from '@opsgraph/migrations/list-files';
import { prepare } from '@opsgraph/migrations/prepare';
import { toLint } from './to-lint.ts';

/**
 * The SQL migrations of all directories, from the one named on; a knex
 * migration sends its SQL only to a database, so it is left out and named.
 *
 * @throws OpsError MIGRATION_INVALID (65), MIGRATION_UNKNOWN (64)
 */
export async function readSqlFiles(
  settings: MigrationSettings,
  from: string | undefined,
): Promise<{ migrations: MigrationSql[]; leftOut: string[] }> {
  const { files, problems } = await listFiles(settings);
  if (problems.length > 0) {
    throw new OpsError({
      code: 'MIGRATION_INVALID',
      exit: 'badData',
      message: 'migrations cannot be read',
      hint: problems[0]?.hint,
      problems: problems.map(({ path, message }) => `${path}: ${message}`),
    });
  }
  const first = from === undefined ? 0 : files.findIndex(({ stem, name }) => stem === from || name === from);
  if (first < 0) {
    throw new OpsError({
      code: 'MIGRATION_UNKNOWN',
      exit: 'usage',
      message: `there is no migration ${from}`,
      hint: 'give the name of a file, with or without its extension',
    });
  }
  const wanted = files.slice(first);
  const read = await prepare(
    settings,
    wanted.filter(({ kind }) => kind === 'sql'),
  );
  return {
    migrations: read.map((migration) => toLint(settings, migration)),
    leftOut: wanted.filter(({ kind }) => kind === 'knex').map(({ path }) => shownPath(settings, path)),
  };
}
