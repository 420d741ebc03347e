import { OpsError } from '@opsgraph/errors';
import { migrateLedger } from '@opsgraph/ledger';
import { identifier, type Session } from '@opsgraph/postgres';
import { readSchema, type Schema, type SchemaScope } from '@opsgraph/schemas';
import { applyOne } from '../apply/apply-all.ts';
import { type ApplyContext, withApplyContext } from '../apply/context.ts';
import { type Prepared, prepare } from '../apply/prepare.ts';
import { chapter } from '../chapter.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { findProblems } from '../plan-migrations.ts';
import { refuseUnsound } from '../refuse-unsound.ts';
import type { MigrationSettings } from '../settings.ts';
import { compare } from '../state/compare.ts';
import { readState } from '../state/read-state.ts';
import { withSettings } from '../state/session-settings.ts';
import type { State } from '../state/state.ts';

/** What is reported of a schema: all but the ledgers. */
export function projectScope(state: State): SchemaScope {
  return { withoutSchemas: ['ops'], withoutTables: state.tables.names };
}

/**
 * Makes an empty database ready for migrations and hands out what applies
 * them there, and the files that are chosen, read and found usable.
 *
 * @throws OpsError MIGRATIONS_UNSOUND, MIGRATION_INVALID (65)
 */
export async function onScratch<T>(
  scratch: Session,
  given: MigrationSettings,
  choose: (files: readonly MigrationFile[]) => readonly MigrationFile[],
  work: (context: ApplyContext, prepared: Prepared[]) => Promise<T>,
): Promise<T> {
  await migrateLedger(scratch, [chapter]);
  return withSettings(scratch, given, async (settings) => {
    await makeHome(scratch, settings);
    const state = await readState(scratch, settings);
    const found = compare(state);
    refuseUnsound(findProblems(settings, state, found));
    const prepared = await prepare(settings, choose(state.files));
    const hasKnex = prepared.some(({ kind }) => kind === 'knex');
    return withApplyContext(scratch, settings, state, { batch: 1, run: undefined, hasKnex }, (context) =>
      work(context, prepared),
    );
  });
}

/** The schema that migrations make of an empty database. */
export async function schemaOf(
  scratch: Session,
  settings: MigrationSettings,
  choose: Parameters<typeof onScratch>[2],
): Promise<Schema> {
  return onScratch(scratch, settings, choose, async (context, prepared) => {
    for (const migration of prepared) {
      scratch.signal?.throwIfAborted();
      await applyOne(context, migration, undefined).catch((error: unknown) => {
        throw onScratchOnly(error);
      });
    }
    return readSchema(scratch, projectScope(context.state));
  });
}

/** What applying advises is about a target that continues from where it is; this database is gone. */
function onScratchOnly(error: unknown): unknown {
  if (!(error instanceof OpsError) || error.code !== 'MIGRATION_FAILED') return error;
  const { code, exit, message, problems, cause } = error;
  const hint = 'it fails on an empty database, where all migrations ran from the first; the target was not touched';
  return new OpsError({ code, exit, message, hint, problems, cause });
}

/**
 * The target's schema, to be compared with what migrations make. What setup
 * grants is left out: no migration makes it, and it is in each environment for
 * a role of another name.
 */
export async function readLive(session: Session, state: State, wanted: Schema): Promise<Schema> {
  const made = new Set(wanted.map(({ kind, name }) => `${kind} ${name}`));
  const live = await readSchema(session, projectScope(state));
  return live.filter(({ kind, name, standing }) => standing !== 'setup' || made.has(`${kind} ${name}`));
}

/** The schema of knex's tables is there before the first migration, in the target too. */
async function makeHome(scratch: Session, { schemaName, searchPath }: MigrationSettings): Promise<void> {
  const [row] = await scratch.query<{ current: string | null }>('SELECT pg_catalog.current_schema() AS current');
  const first = [searchPath ?? []].flat()[0];
  for (const schema of [schemaName, row!.current === null ? first : undefined])
    if (schema !== undefined) await scratch.execute(`CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`);
}
