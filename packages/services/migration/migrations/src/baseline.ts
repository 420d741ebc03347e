import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';
import { compareSchemas, describeDifferences, type SchemaDifference } from '@opsgraph/schemas';
import { readLive, schemaOf } from './check/on-scratch.ts';
import type { MigrationFile } from './files/migration-file.ts';
import { upTo } from './migrate.ts';
import { findProblems } from './plan-migrations.ts';
import { refuseUnsound } from './refuse-unsound.ts';
import type { MigrationSettings } from './settings.ts';
import { type Comparison, compare } from './state/compare.ts';
import { insertApplied, markTransaction, updateRow } from './state/ledger-rows.ts';
import { readState } from './state/read-state.ts';
import { runScript } from './state/script.ts';
import { withSettings } from './state/session-settings.ts';
import type { State } from './state/state.ts';

export interface BaselineInput extends MigrationSettings {
  /** The last migration whose work the database has already. */
  to: string;
  withScratch: <T>(work: (scratch: ConnectionSettings) => Promise<T>) => Promise<T>;
  /** Do not compare: somebody knows better. */
  unchecked?: boolean | undefined;
  run?: string | undefined;
  dryRun?: boolean | undefined;
}

export interface Baseline {
  /** Names of the migrations that were recorded without being run. */
  recorded: string[];
  /** What the database has beyond what they make. */
  extra: SchemaDifference[];
}

/**
 * Records migrations as applied without running them, for a database that
 * another tool brought there. Before that they run on a scratch database, and
 * everything they make must be in the target.
 *
 * @throws OpsError BASELINE_DIFFERS (77) naming what the target lacks, MIGRATION_UNKNOWN (64), MIGRATIONS_UNSOUND (77)
 */
export async function baseline(session: Session, given: BaselineInput): Promise<Baseline> {
  return withSettings(session, given, async (input) => {
    const state = await readState(session, input);
    const found = compare(state);
    refuseUnsound(findProblems(input, state, found));
    const files = upTo(found, state, input.to);
    if (files.length === 0) return { recorded: [], extra: [] };
    const differences = input.unchecked ? [] : await differencesAfter(session, input, state, found, files);
    const lacking = differences.filter(({ what }) => what !== 'extra');
    if (lacking.length > 0) throw baselineDiffers(lacking);
    if (!input.dryRun) await record(session, input, state, found, files);
    return { recorded: files.map(({ name }) => name), extra: differences };
  });
}

async function differencesAfter(
  session: Session,
  input: BaselineInput,
  state: State,
  { applied }: Comparison,
  files: readonly MigrationFile[],
): Promise<SchemaDifference[]> {
  const stems = new Set([...applied, ...files].map(({ stem }) => stem));
  const wanted = await input.withScratch((scratch) =>
    withSession(scratch, (beside) => schemaOf(beside, input, (all) => all.filter(({ stem }) => stems.has(stem)))),
  );
  return compareSchemas(wanted, await readLive(session, state, wanted));
}

function baselineDiffers(lacking: readonly SchemaDifference[]): OpsError {
  return new OpsError({
    code: 'BASELINE_DIFFERS',
    exit: 'refused',
    message: `the database lacks ${lacking.length} of what these migrations make; nothing was recorded`,
    hint: 'name an earlier migration, change the database, or, where the difference does not matter: --unchecked',
    problems: ['- is what the migrations make, + is what the database has', ...describeDifferences(lacking)],
  });
}

/** As adopted: what they say was taken over, not seen to run. */
async function record(
  session: Session,
  { run }: BaselineInput,
  state: State,
  { batch }: Comparison,
  files: readonly MigrationFile[],
): Promise<void> {
  const { tables } = state;
  const hasKnex = files.some(({ kind }) => kind === 'knex');
  const isComplete = tables.exists.table && tables.exists.lock;
  const statements = files.flatMap((file) => [
    markTransaction(file),
    insertApplied(
      { state, file, batch, run },
      file.kind === 'knex' ? tables.insert(file.recordedAs, batch) : undefined,
    ),
    updateRow(state, file.stem, 'adopted = true'),
  ]);
  await runScript(
    session,
    ['BEGIN', ...(hasKnex && !isComplete ? [tables.create] : []), ...statements, 'COMMIT'].join(';'),
  );
}
