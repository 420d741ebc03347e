import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { applyKnex } from './apply/apply-knex.ts';
import { applySql } from './apply/apply-sql.ts';
import { applyKnexWithoutTransaction, applySqlStepwise } from './apply/apply-without-transaction.ts';
import { type ApplyContext, withApplyContext } from './apply/context.ts';
import { type Prepared, prepare } from './apply/prepare.ts';
import { halfDone, requireUntouched, resumePoint } from './apply/resume.ts';
import { retryPassing } from './apply/retry-passing.ts';
import { stemOf } from './files/list-files.ts';
import { withProblems } from './migration-error.ts';
import { findProblems, type MigrationProblem } from './plan-migrations.ts';
import { refuseUnsound } from './refuse-unsound.ts';
import type { MigrationSettings } from './settings.ts';
import { type Comparison, compare } from './state/compare.ts';
import { insertAdopted } from './state/ledger-rows.ts';
import { type LedgerRow, readState, type State } from './state/read-state.ts';
import { withSearchPath } from './state/session-settings.ts';

export interface MigrateInput extends MigrationSettings {
  /** The last migration to apply, with or without extension; all unless told. */
  to?: string | undefined;
  /** Id of the run, for the ledger. */
  run?: string | undefined;
  /** Told after each is committed. */
  onApplied?: ((name: string, done: number, total: number) => void) | undefined;
}

export interface MigrateResult {
  /** Names in the order of application. */
  applied: { stem: string; name: string; milliseconds: number }[];
  /** Migrations of stock knex whose checksum was taken. */
  adopted: string[];
  /** What does not stop it but should be known. */
  notices: MigrationProblem[];
  /** The batch that these migrations got; undefined when there were none. */
  batch: number | undefined;
}

/**
 * Applies what is pending, each migration in a transaction of its own
 * together with its rows in the ledgers. The caller holds the domain's lock.
 *
 * @throws OpsError MIGRATIONS_UNSOUND (77), MIGRATION_INVALID (65),
 * MIGRATION_FAILED (1), MIGRATION_HALF_DONE (77), MIGRATION_UNKNOWN (64)
 */
export async function migrate(session: Session, input: MigrateInput): Promise<MigrateResult> {
  return withSearchPath(session, input, async () => {
    const state = await readState(session, input);
    const found = compare(state);
    const notices = refuseUnsound(findProblems(input, state, found));
    const files = upTo(found, state, input.to);
    const started = found.started.filter(({ row }) => row.direction === 'up');
    const half = found.started.find(({ row }) => row.direction === 'down');
    if (half !== undefined)
      throw halfDone(half.row, half.row.file, 'it was being rolled back; finish that first: rollback --steps 1');
    const gone = started.find(({ file }) => file === undefined);
    if (gone !== undefined) throw halfDone(gone.row, gone.row.file, 'its file is gone');

    const adopted = found.adoptable.map(({ file, knexRow }) => ({
      file,
      knexId: knexRow.id,
      batch: knexRow.batch,
      at: knexRow.migration_time,
    }));
    if (adopted.length > 0) await session.execute(insertAdopted(state, adopted, input.run));
    const resumed = new Map(started.map(({ row }) => [row.stem, row]));
    const prepared = await prepare(input, [...started.map(({ file }) => file!), ...files]);
    const applied = prepared.length === 0 ? [] : await applyAll(session, input, state, found, prepared, resumed);
    return {
      applied,
      adopted: adopted.map(({ file }) => file.name),
      notices,
      batch: applied.length === 0 ? undefined : found.batch,
    };
  });
}

/** The pending files up to and with the named one. */
export function upTo(found: Comparison, state: State, to: string | undefined): Comparison['pending'] {
  if (to === undefined) return found.pending;
  const last = state.files.findIndex(({ stem, name }) => name === to || stem === to || stem === stemOf(to));
  if (last < 0) {
    throw new OpsError({
      code: 'MIGRATION_UNKNOWN',
      exit: 'usage',
      message: `no migration is named ${to}`,
      hint: '`pnpm --filter migration run status` lists them',
    });
  }
  return found.pending.filter((file) => state.files.indexOf(file) <= last);
}

async function applyAll(
  session: Session,
  input: MigrateInput,
  state: State,
  found: Comparison,
  prepared: Prepared[],
  resumed: Map<string, LedgerRow>,
): Promise<MigrateResult['applied']> {
  const hasKnex = prepared.some(({ kind }) => kind === 'knex');
  return withApplyContext(session, input, state, { batch: found.batch, run: input.run, hasKnex }, async (context) => {
    const applied: MigrateResult['applied'] = [];
    for (const migration of prepared) {
      const { stem, name } = migration.file;
      const begun = performance.now();
      try {
        session.signal?.throwIfAborted();
        await applyOne(context, migration, resumed.get(stem));
      } catch (error) {
        throw withProblems(error, progress(applied, prepared));
      }
      applied.push({ stem, name, milliseconds: performance.now() - begun });
      input.onApplied?.(name, applied.length, prepared.length);
    }
    return applied;
  });
}

async function applyOne(context: ApplyContext, migration: Prepared, row: LedgerRow | undefined): Promise<void> {
  const { session } = context;
  const { file } = migration;
  if (migration.kind === 'sql') {
    const { up } = migration.sql;
    if (row !== undefined) return applySqlStepwise(context, file, up, await resumePoint(context, row, file, up));
    if (!up.transaction) return applySqlStepwise(context, file, up);
    return retryPassing(session, () => applySql(context, file, up));
  }
  if (row !== undefined) await requireUntouched(context, row, file);
  if (!migration.transaction) return applyKnexWithoutTransaction(context, file, migration.knex.up);
  return retryPassing(session, () => applyKnex(context, file, migration.knex.up));
}

function progress(applied: MigrateResult['applied'], prepared: Prepared[]): string[] {
  const [, ...after] = prepared.slice(applied.length);
  return [
    applied.length === 0
      ? 'nothing was applied by this run before it'
      : `applied before it: ${listed(applied.map(({ name }) => name))}`,
    ...(after.length === 0 ? [] : [`not tried: ${listed(after.map(({ file }) => file.name))}`]),
  ];
}

function listed(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 2).join(', ')}, … ${names.at(-1)} (${names.length})`;
}
