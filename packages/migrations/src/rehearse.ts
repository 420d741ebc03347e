import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { knexFailure } from './apply/apply-knex.ts';
import { type ApplyContext, withApplyContext } from './apply/context.ts';
import { type Prepared, prepare } from './apply/prepare.ts';
import { shownPath } from './files/list-files.ts';
import { type MigrateInput, upTo } from './migrate.ts';
import { migrationFailed } from './migration-error.ts';
import { findProblems, type MigrationProblem } from './plan-migrations.ts';
import { refuseUnsound } from './refuse-unsound.ts';
import { inlineBindings } from './sql/inline-bindings.ts';
import { lineAt } from './sql/parse-sql-migration.ts';
import { compare } from './state/compare.ts';
import { readState } from './state/read-state.ts';
import { rollBack, runScript, ScriptError } from './state/script.ts';
import { withSearchPath } from './state/session-settings.ts';

export interface RehearsedMigration {
  stem: string;
  /** Relative to the project. */
  path: string;
  /** In the order in which they were sent, with their values in place. */
  statements: string[];
  milliseconds: number;
  /** Why statements of it were not executed; undefined when all were. */
  skipped: string | undefined;
}

/** Refusals of a statement to run inside a transaction. */
const needsNoTransaction = new Set(['25001', '2D000']);

/**
 * Executes the pending migrations in one transaction, rolls it back, and
 * returns every statement they sent. One that can't run in a transaction is
 * shown and passed over; what depends on it then says so.
 *
 * @throws OpsError as migrate does
 */
export async function rehearse(
  session: Session,
  input: MigrateInput,
): Promise<{ migrations: RehearsedMigration[]; adoptable: string[]; notices: MigrationProblem[] }> {
  return withSearchPath(session, input, async () => {
    const state = await readState(session, input);
    const found = compare(state);
    const notices = refuseUnsound(findProblems(input, state, found));
    const prepared = await prepare(input, upTo(found, state, input.to));
    const facts = {
      batch: found.batch,
      run: input.run,
      hasKnex: prepared.some(({ kind }) => kind === 'knex'),
      isRehearsal: true,
    };
    const migrations =
      prepared.length === 0
        ? []
        : await withApplyContext(session, input, state, facts, (context) => inRolledBackTransaction(context, prepared));
    return { migrations, adoptable: found.adoptable.map(({ name }) => name), notices };
  });
}

async function inRolledBackTransaction(context: ApplyContext, prepared: Prepared[]): Promise<RehearsedMigration[]> {
  const { session, settings, knex, keeper } = context;
  const all = async (
    one: (migration: Prepared) => Promise<Omit<RehearsedMigration, 'stem' | 'path' | 'milliseconds'>>,
  ): Promise<RehearsedMigration[]> => {
    const rehearsed: RehearsedMigration[] = [];
    for (const migration of prepared) {
      session.signal?.throwIfAborted();
      const begun = performance.now();
      const outcome = await one(migration).catch((error: unknown) => {
        throw explainDependence(error, rehearsed);
      });
      rehearsed.push({
        stem: migration.file.stem,
        path: shownPath(settings, migration.file.path),
        ...outcome,
        milliseconds: performance.now() - begun,
      });
      await keeper.restoreAfter(outcome.statements.join('\n'));
    }
    return rehearsed;
  };
  if (knex === undefined) {
    await session.execute('BEGIN');
    try {
      return await all((migration) => rehearseSql(context, migration as Prepared & { kind: 'sql' }));
    } finally {
      await rollBack(session);
    }
  }
  let rehearsed: RehearsedMigration[] = [];
  const transaction = await knex.knex.transaction();
  try {
    rehearsed = await all(async (migration) => {
      if (migration.kind === 'sql') return rehearseSql(context, migration);
      await session.execute('SAVEPOINT rehearsal');
      const { queries, failure } = await knex.watch(transaction, migration.knex.up, { inTransaction: true });
      const statements = queries.map(({ sql, bindings }) => inlineBindings(sql, bindings));
      if (failure === undefined) return { statements, skipped: undefined };
      if (!isRefusal(failure.error) && !(failure.error instanceof OpsError && !migration.transaction))
        throw knexFailure(context, migration.file, failure);
      await session.execute('ROLLBACK TO rehearsal');
      return {
        statements,
        skipped:
          'its last statement cannot run in a transaction; nothing of it was rehearsed, and statements after it are not known',
      };
    });
  } finally {
    await transaction.rollback().catch(() => {});
    await rollBack(session);
  }
  return rehearsed;
}

async function rehearseSql(
  { session, settings }: ApplyContext,
  { file, sql: { up } }: Prepared & { kind: 'sql' },
): Promise<Pick<RehearsedMigration, 'statements' | 'skipped'>> {
  const refused: number[] = [];
  for (const { text, start } of up.statements) {
    try {
      await runScript(session, `SAVEPOINT rehearsal;${text}`);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      const line = up.line + lineAt(up.sql, start) - 1;
      if (up.transaction || !isRefusal(error.cause))
        throw migrationFailed(
          session,
          settings,
          { file, line, statement: text, hint: 'correct the migration; the rehearsal was rolled back' },
          error.cause,
        );
      await session.execute('ROLLBACK TO rehearsal');
      refused.push(line);
    }
  }
  const skipped =
    refused.length === 0 ? undefined : `cannot run in a transaction, so not rehearsed: line ${refused.join(', ')}`;
  return { statements: up.statements.map(({ text }) => text), skipped };
}

function isRefusal(error: unknown): boolean {
  return needsNoTransaction.has((error as { code?: string } | undefined)?.code ?? '');
}

function explainDependence(error: unknown, before: RehearsedMigration[]): unknown {
  const skipped = before.filter((one) => one.skipped !== undefined).map(({ path }) => path);
  if (skipped.length === 0 || !(error instanceof OpsError) || error.code === 'INTERRUPTED') return error;
  const { code, exit, message, hint, problems, cause } = error;
  return new OpsError({
    code,
    exit,
    message,
    hint,
    problems: [...problems, `perhaps only because this could not be rehearsed: ${skipped.join(', ')}`],
    cause,
  });
}
