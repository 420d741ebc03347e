import { OpsError } from '@opsgraph/errors';
import type { MigrationSql } from '@opsgraph/migration-lint';
import type { MigrationSettings, RehearsedMigration } from '@opsgraph/migrations';
import { listFiles } from '@opsgraph/migrations/list-files';
import { planMigrations } from '@opsgraph/migrations/plan-migrations';
import { prepare } from '@opsgraph/migrations/prepare';
import { rehearse } from '@opsgraph/migrations/rehearse';
import type { Session } from '@opsgraph/postgres';
import { toLint } from './to-lint.ts';

/**
 * The pending migrations in their order. They are rehearsed only when one of
 * them is a program; when that fails the SQL files are known all the same.
 *
 * @throws OpsError MIGRATION_INVALID (65), SCHEMA_MISSING (78), INTERRUPTED
 */
export async function readPending(session: Session, settings: MigrationSettings): Promise<MigrationSql[]> {
  const { pending } = await planMigrations(session, settings);
  const stems = new Set(pending.map(({ stem }) => stem));
  const { files } = await listFiles(settings);
  const prepared = await prepare(
    settings,
    files.filter(({ stem }) => stems.has(stem)),
  );
  const rehearsed = prepared.some(({ kind }) => kind === 'knex') ? await rehearsal(session, settings) : [];
  return prepared.map((migration) => {
    const found = toLint(settings, migration);
    if (migration.kind === 'sql') return found;
    if (rehearsed instanceof OpsError)
      return { ...found, failure: `${rehearsed.message}; what this one sends is not known` };
    const own = rehearsed.find(({ stem }) => stem === migration.file.stem);
    return { ...found, sql: script(own), incomplete: own?.skipped };
  });
}

async function rehearsal(session: Session, settings: MigrationSettings): Promise<RehearsedMigration[] | OpsError> {
  try {
    return (await rehearse(session, settings)).migrations;
  } catch (error) {
    if (error instanceof OpsError && error.code !== 'INTERRUPTED' && error.exit !== 'unavailable') return error;
    throw error;
  }
}

/** One statement after the other, each on a line of its own. */
function script(rehearsed: RehearsedMigration | undefined): string {
  return (rehearsed?.statements ?? []).map(({ sql }) => `${sql.replace(/;\s*$/, '')}\n;\n`).join('');
}
