import type { Session } from '@opsgraph/postgres';
import { statesAfterFailure, withProblems } from '../migration-error.ts';
import type { MigrationProblem } from '../plan-migrations.ts';
import type { MigrationSettings } from '../settings.ts';
import type { Comparison } from '../state/compare.ts';
import type { LedgerRow, State } from '../state/state.ts';
import type { AppliedMigration } from './applied-migration.ts';
import { applyKnex } from './apply-knex.ts';
import { applySql } from './apply-sql.ts';
import { applyKnexWithoutTransaction, applySqlStepwise } from './apply-without-transaction.ts';
import { type ApplyContext, withApplyContext } from './context.ts';
import { flushedAtEnd } from './flushed-at-end.ts';
import { unlessItManagesItself } from './own-transaction.ts';
import type { Prepared } from './prepare.ts';
import { requireUntouched, resumePoint } from './resume.ts';
import { retryPassing } from './retry-passing.ts';

/** What of the whole act concerns its applying. */
export interface ApplyInput extends MigrationSettings {
  /** Id of the run, for the ledger. */
  run?: string | undefined;
  /** Is called after each is committed. */
  onApplied?: ((name: string, done: number, total: number) => void) | undefined;
}

interface Work {
  state: State;
  found: Comparison;
  prepared: Prepared[];
  /** The rows of those that an earlier run began, by stem. */
  resumed: Map<string, LedgerRow>;
  /** Takes what is to be reported about them. */
  notices: MigrationProblem[];
}

/**
 * Applies prepared migrations in their order.
 * An error says what was applied before it and what was not tried.
 */
export async function applyAll(
  session: Session,
  input: ApplyInput,
  { state, found, prepared, resumed, notices }: Work,
): Promise<AppliedMigration[]> {
  const hasKnex = prepared.some(({ kind }) => kind === 'knex');
  const apply = async (context: ApplyContext): Promise<AppliedMigration[]> => {
    const applied: AppliedMigration[] = [];
    const files = prepared.map(({ file }) => file);
    for (const migration of prepared) {
      const { stem, name } = migration.file;
      const begun = performance.now();
      try {
        session.signal?.throwIfAborted();
        await applyOne(context, migration, resumed.get(stem));
      } catch (error) {
        throw withProblems(error, progress(applied, prepared), {
          migrations: statesAfterFailure(files, applied.length, 'applied'),
        });
      }
      applied.push({ stem, name, milliseconds: performance.now() - begun });
      input.onApplied?.(name, applied.length, prepared.length);
    }
    return applied;
  };
  const facts = { batch: found.batch, run: input.run, hasKnex, notices };
  return flushedAtEnd(session, state, () => withApplyContext(session, input, state, facts, apply));
}

/** Applies one; `row` is that of an earlier run that began it. */
export async function applyOne(context: ApplyContext, migration: Prepared, row: LedgerRow | undefined): Promise<void> {
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
  await unlessItManagesItself(
    context,
    file,
    () => applyKnex(context, file, migration.knex.up),
    () => applyKnexWithoutTransaction(context, file, migration.knex.up),
  );
}

function progress(applied: AppliedMigration[], prepared: Prepared[]): string[] {
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
