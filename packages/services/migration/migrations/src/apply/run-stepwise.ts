import { hash } from 'node:crypto';
import { literal } from '@opsgraph/postgres';
import { withoutLayout } from '../files/layout.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { migrationFailed } from '../migration-error.ts';
import { lineAt, type SqlSection } from '../sql/parse-sql-migration.ts';
import { isTransactionControl } from '../sql/transaction-control.ts';
import { updateRow } from '../state/ledger-rows.ts';
import { rollBack, runScript, ScriptError } from '../state/script.ts';
import { concurrentIndex, dropInvalidIndex, indexState } from './concurrent-index.ts';
import type { ApplyContext } from './context.ts';
import { leavesNothing } from './nameless-index.ts';
import { retryPassing } from './retry-passing.ts';

/** active_sql_transaction, invalid_transaction_termination: these statements want no transaction around them. */
const wantsNoTransaction = new Set(['25001', '2D000']);

/** Whether a statement changes only the session, and ends with it. */
export function isSessionSetting(statement: string): boolean {
  return /^(set|reset|select\s+(pg_catalog\.)?set_config)\b/i.test(statement);
}

/**
 * Runs the statements of a `transaction:false` section one by one, from the
 * `done`-th on; its row in the ledger exists and says "started". A statement
 * that can be in a transaction is committed together with the count of those
 * done, so it is never in doubt. Any other is announced first.
 */
export async function runStepwise(
  context: ApplyContext,
  file: MigrationFile,
  section: SqlSection,
  done: number,
): Promise<void> {
  const { session, state, keeper } = context;
  const managesItself = section.statements.some(({ text }) => isTransactionControl(text));
  // What an earlier run had set went with its connection.
  for (const { text } of section.statements.slice(0, done)) if (isSessionSetting(text)) await runScript(session, text);
  for (let index = done; index < section.statements.length; index += 1) {
    session.signal?.throwIfAborted();
    const statement = section.statements[index]!.text;
    const record = updateRow(
      state,
      file.stem,
      `statements_done = ${index + 1}, done_sha256 = ${literal(digestOf(section, index + 1))}, begun = NULL, error = NULL`,
    );
    try {
      await retryPassing(session, async () => {
        const asOurselves = (sql: string): string => keeper.asOurselves(section.sql, sql);
        if (!managesItself && (await runInTransaction(context, statement, asOurselves(record)))) return;
        await runBare(context, file, statement, managesItself ? undefined : { record, asOurselves });
      });
    } catch (error) {
      throw await explain(context, file, section, index, error);
    }
  }
  if (managesItself) await requireNoTransaction(context, file);
  await keeper.restoreAfter(section.sql);
}

/** Of the first statements of a section: whether those that ran are still what the file says. */
export function digestOf({ statements }: SqlSection, count: number): string {
  const done = statements.slice(0, count).map(({ text }) => withoutLayout('sql', text));
  return hash('sha256', done.join('\n;\n'));
}

async function runInTransaction({ session }: ApplyContext, statement: string, record: string): Promise<boolean> {
  try {
    await runScript(session, `BEGIN;${statement}\n;${record};COMMIT`);
    return true;
  } catch (error) {
    await rollBack(session);
    if (error instanceof ScriptError && wantsNoTransaction.has(error.cause.code ?? '')) return false;
    throw error;
  }
}

async function runBare(
  { session, state }: ApplyContext,
  file: MigrationFile,
  statement: string,
  word: { record: string; asOurselves: (sql: string) => string } | undefined,
): Promise<void> {
  const leave = async (sql: string): Promise<unknown> =>
    word && runScript(session, `BEGIN;${word.asOurselves(sql)};COMMIT`);
  const index = concurrentIndex(statement);
  if (index !== undefined) await dropInvalidIndex(session, index);
  // An index that was there before cannot be taken for ours later: its statement fails, or does nothing.
  const isOurs = index === undefined || (await indexState(session, index)) === 'absent';
  if (isOurs) await leave(updateRow(state, file.stem, `begun = ${literal(statement)}`));
  const takeAway = await leavesNothing(session, statement);
  try {
    await runScript(session, statement);
  } catch (error) {
    await takeAway().catch(() => {});
    throw error;
  }
  if (word !== undefined) await leave(word.record);
}

/** Records what is known of the failure; the server's answer makes it certain that the statement did not happen. */
async function explain(
  { session, settings, state, keeper }: ApplyContext,
  file: MigrationFile,
  section: SqlSection,
  index: number,
  error: unknown,
): Promise<unknown> {
  await rollBack(session);
  if (!(error instanceof ScriptError)) return error;
  await keeper.restoreAfter(section.sql);
  const { text, start } = section.statements[index]!;
  const at = error.placeIn(text);
  const broken = concurrentIndex(text);
  if (broken !== undefined) await dropInvalidIndex(session, broken).catch(() => {});
  await session.execute(updateRow(state, file.stem, `begun = NULL, error = ${literal(error.message)}`));
  const hint =
    index === 0
      ? 'nothing of the file was applied; correct it and run the same command again'
      : `its first ${index === 1 ? 'statement stays' : `${index} statements stay`} applied; correct the others and run the same command again: it resumes with this one`;
  return migrationFailed(
    session,
    settings,
    { file, line: section.line + lineAt(section.sql, start + (at ?? 0)) - 1, statement: text, at, hint },
    error.cause,
  );
}

async function requireNoTransaction({ session, settings }: ApplyContext, file: MigrationFile): Promise<void> {
  const connection = (session.client as unknown as { connection: NodeJS.EventEmitter }).connection;
  let status = 'I';
  connection.once('readyForQuery', (message: { status: string }) => {
    status = message.status;
  });
  await session.execute('SELECT');
  if (status === 'I') return;
  await rollBack(session);
  throw migrationFailed(
    session,
    settings,
    { file, hint: 'end it with COMMIT; what it did was rolled back' },
    new Error('the file leaves a transaction open'),
  );
}
