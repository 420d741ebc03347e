import { dirname } from 'node:path';
import { hasMarker } from '../sql/parse-sql-migration.ts';
import { decodeAnyText } from './decode.ts';
import type { MigrationFile } from './migration-file.ts';

/**
 * Knex migrations may read SQL from files beside them, which knex does not
 * list. Without a `-- migrate:up` such a file is no migration; where there is
 * no knex migration it is one that lacks it.
 */
export function leaveOutReadFiles(
  files: readonly MigrationFile[],
  report: (path: string, message: string, hint: string) => void,
): MigrationFile[] {
  const withKnex = new Set(files.filter(({ kind }) => kind === 'knex').map(({ path }) => dirname(path)));
  const left = files.filter(
    ({ kind, path, bytes }) => kind === 'sql' && withKnex.has(dirname(path)) && !hasMarker(decodeAnyText(bytes)),
  );
  for (const [directory, [first, ...others]] of Map.groupBy(left, ({ path }) => dirname(path)))
    report(
      directory,
      `has SQL without \`-- migrate:up\` beside knex migrations, which they are assumed to read: ${first!.name}${others.length > 0 ? ` and ${others.length} more` : ''}`,
      'a migration says `-- migrate:up` before its SQL',
    );
  return files.filter((file) => !left.includes(file));
}
