import { OpsError } from '@opsgraph/errors';
import { sqlState } from '@opsgraph/postgres';
import type { Knex } from 'knex';
import { knexFailure, tellNeverRun } from '../apply/apply-knex.ts';
import type { ApplyContext } from '../apply/context.ts';
import type { Prepared } from '../apply/prepare.ts';
import { isManagingTransaction } from '../knex/runner.ts';
import { migrationFailed } from '../migration-error.ts';
import { lineAt } from '../sql/parse-sql-migration.ts';
import { runScript, ScriptError } from '../state/script.ts';
import { collectStatements } from './collect-statements.ts';
import type { Clock } from './limits.ts';
import type { LockMeter } from './lock-meter.ts';
import type { RehearsedMigration, RehearsedStatement } from './rehearsed.ts';
import { isBusy, isMergeTrouble, isRefusal, OutOfTime } from './why-not.ts';

/** `stops`: what comes after it cannot be rehearsed either. */
export type Outcome = Pick<RehearsedMigration, 'statements' | 'skipped'> & { stops: boolean };

/** Statement by statement, each under a savepoint. */
export async function rehearseSql(
  { session, settings }: ApplyContext,
  { file, sql: { up } }: Prepared & { kind: 'sql' },
  meter: LockMeter,
  clock: Clock,
  isMerged: boolean,
): Promise<Outcome> {
  const statements: RehearsedStatement[] = up.statements.map(({ text }) => unmeasured(text));
  const refused: number[] = [];
  for (const [index, { text, start }] of up.statements.entries()) {
    const line = up.line + lineAt(up.sql, start) - 1;
    try {
      if (!(await clock.allowNext())) throw new OutOfTime();
      const begun = performance.now();
      await runScript(session, `SAVEPOINT statement;${text}\n;RELEASE statement`);
      const milliseconds = performance.now() - begun;
      statements[index] = { sql: text, measuredOn: 'target', milliseconds, effects: await meter.effects() };
    } catch (error) {
      const cause = error instanceof ScriptError ? error.cause : error;
      if (!up.transaction && isRefusal(cause)) {
        await session.execute('ROLLBACK TO statement');
        refused.push(line);
        continue;
      }
      const why = whyStopped(cause, isMerged, `line ${line}`);
      if (why !== undefined) return { statements, skipped: why, stops: true };
      if (!(error instanceof ScriptError)) throw error;
      const hint = 'correct the migration; the rehearsal was rolled back';
      throw migrationFailed(session, settings, { file, line, statement: text, hint }, error.cause);
    }
  }
  const skipped =
    refused.length === 0 ? undefined : `cannot run in a transaction, so not rehearsed: line ${refused.join(', ')}`;
  return { statements, skipped, stops: false };
}

/** Its queries as they come; a refused one ends it. */
export async function rehearseKnex(
  context: ApplyContext,
  migration: Prepared & { kind: 'knex' },
  transaction: Knex.Transaction,
  meter: LockMeter,
  clock: Clock,
  isMerged: boolean,
): Promise<Outcome> {
  const { session, knex } = context;
  const collected = collectStatements();
  const { queries, neverRun, failure } = await knex!.watch(transaction, migration.knex.up, {
    inTransaction: true,
    around: (sql, send) =>
      collected.add(sql, 'target', async () => {
        if (!(await clock.allowNext())) throw new OutOfTime();
        return meter.measure(send);
      }),
  });
  const statements = collected.match(queries);
  tellNeverRun(context, migration.file, neverRun);
  if (failure === undefined) return { statements, skipped: undefined, stops: false };
  if (session.signal?.aborted) throw session.signal.reason;
  const { error } = failure;
  const why = whyStopped(error, isMerged, 'its last statement');
  if (why !== undefined) return { statements, skipped: why, stops: true };
  if (!isRefusal(error) && !isManagingTransaction(error) && !(error instanceof OpsError && !migration.transaction))
    throw knexFailure(context, migration.file, failure);
  await session.execute('ROLLBACK TO migration');
  await meter.effects();
  return {
    statements: statements.map(({ sql }) => unmeasured(sql)),
    skipped:
      'its last statement cannot run in a transaction; nothing of it was rehearsed, and the statements after it are unknown',
    stops: false,
  };
}

/** Why the rehearsal ends here without an error; undefined when it is one. */
function whyStopped(error: unknown, isMerged: boolean, where: string): string | undefined {
  if (error instanceof OutOfTime) return `${where}: not executed, because the rehearsal had held its locks long enough`;
  if (isBusy(error)) return `${where}: another session holds a lock that it needs; the rehearsal did not wait`;
  if (sqlState(error) === '57014') return `${where}: takes longer than a rehearsal may hold its locks`;
  if (isMerged && isMergeTrouble(error))
    return `${where}: cannot run in one transaction with the migrations before it, which only a rehearsal does`;
  return undefined;
}

function unmeasured(sql: string): RehearsedStatement {
  return { sql, measuredOn: undefined, milliseconds: undefined, effects: [] };
}
