import { asDatabaseSays, type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';
import { compareSchemas, loadSchema, type NotLoaded, readSchema, type Schema } from '@opsgraph/schemas';
import type { Prepared } from '../apply/prepare.ts';
import { shownPath } from '../files/list-files.ts';
import type { KnexMigration } from '../knex/load-migration.ts';
import { prepareConnection } from '../knex/prepare-connection.ts';
import { isManagingTransaction, type KnexRunner, openKnex } from '../knex/runner.ts';
import type { MigrationSettings } from '../settings.ts';
import { lineAt } from '../sql/parse-sql-migration.ts';
import { isTransactionControl } from '../sql/transaction-control.ts';
import { rollBack, runScript } from '../state/script.ts';
import { keepSettings, withSettings } from '../state/session-settings.ts';
import { collectStatements } from './collect-statements.ts';
import { measureAtGate } from './gate.ts';
import { type LockMeter, openLockMeter } from './lock-meter.ts';
import type { RehearsedMigration, RehearsedStatement, TableEffect } from './rehearsed.ts';
import { isRefusal } from './why-not.ts';

export interface OnCopy {
  /** As far as it came. */
  migrations: RehearsedMigration[];
  /** What the copy lacks. */
  notLoaded: NotLoaded[];
  failure: { index: number; error: unknown } | undefined;
}

/** Of an SQL file, with its place. */
export class FailedStatement extends Error {
  readonly statement: string;
  readonly line: number;

  constructor(statement: string, line: number, cause: unknown) {
    super((cause as Error).message, { cause });
    this.statement = statement;
    this.line = line;
  }
}

interface Bench {
  worker: Session;
  gate: Session;
  meter: LockMeter;
  knex: KnexRunner | undefined;
}

/** Executes all on an empty copy of the target's schema, each migration committed as it would be, and measures. */
export async function rehearseOnCopy(
  scratch: ConnectionSettings,
  schema: Schema,
  settings: MigrationSettings,
  prepared: readonly Prepared[],
): Promise<OnCopy> {
  return withSession(scratch, (worker) =>
    withSession(scratch, (gate) =>
      withSettings(worker, settings, async () => {
        const { notLoaded } = await loadSchema(worker, schema);
        await worker.execute(asDatabaseSays);
        const keeper = await keepSettings(worker, () => prepareConnection(worker, settings));
        const hasKnex = prepared.some(({ kind }) => kind === 'knex');
        const knex = hasKnex ? await openKnex(worker, settings) : undefined;
        const bench: Bench = { worker, gate, knex, meter: await openLockMeter(worker) };
        const result: OnCopy = { migrations: [], notLoaded, failure: undefined };
        let before = await readSchema(worker, { withoutSchemas: ['ops'] });
        try {
          for (const [index, migration] of prepared.entries()) {
            await bench.meter.restart(true);
            let statements: RehearsedStatement[];
            try {
              statements = await rehearseOne(bench, migration);
            } catch (error) {
              if (worker.signal?.aborted) throw worker.signal.reason;
              result.failure = { index, error };
              break;
            }
            await keeper.restoreAfter(statements.map(({ sql }) => sql).join('\n'));
            const after = await readSchema(worker, { withoutSchemas: ['ops'] });
            const { stem, path } = migration.file;
            const objects = compareSchemas(before, after);
            result.migrations.push({
              stem,
              path: shownPath(settings, path),
              statements,
              objects,
              milliseconds: 0,
              skipped: undefined,
              unmeasured: undefined,
            });
            before = after;
          }
        } finally {
          await knex?.close();
        }
        return result;
      }),
    ),
  );
}

async function rehearseOne(bench: Bench, migration: Prepared): Promise<RehearsedStatement[]> {
  if (migration.kind === 'sql') return rehearseSql(bench, migration);
  if (!migration.transaction) return rehearseWithoutTransaction(bench, migration.knex);
  try {
    return await rehearseInTransaction(bench, migration.knex);
  } catch (error) {
    if (!isManagingTransaction(error)) throw error;
    return rehearseWithoutTransaction(bench, migration.knex);
  }
}

async function rehearseInTransaction({ knex, meter }: Bench, { up }: KnexMigration): Promise<RehearsedStatement[]> {
  const collected = collectStatements();
  let queries: Parameters<typeof collected.match>[0] = [];
  await knex!.knex.transaction(async (inside) => {
    const watched = await knex!.watch(inside, up, {
      inTransaction: true,
      around: (sql, send) => collected.add(sql, 'copy', () => meter.measure(send)),
    });
    queries = watched.queries;
    if (watched.failure !== undefined) throw watched.failure.error;
  });
  return collected.match(queries);
}

async function rehearseWithoutTransaction(bench: Bench, { up }: KnexMigration): Promise<RehearsedStatement[]> {
  const { knex, worker, meter } = bench;
  const collected = collectStatements();
  let isInside = false;
  const { queries, failure } = await knex!.watch(knex!.knex, up, {
    inTransaction: false,
    around: (sql, send) =>
      collected.add(sql, 'copy', async () => {
        if (isInside && !isTransactionControl(sql)) return meter.measure(send);
        if (!isTransactionControl(sql)) return measureAlone(bench, send);
        isInside = !isInside;
        await meter.restart(true);
        return { result: await send(), effects: [] };
      }),
  });
  await rollBack(worker);
  if (failure !== undefined) throw failure.error;
  return collected.match(queries);
}

async function rehearseSql(bench: Bench, { sql: { up } }: Prepared & { kind: 'sql' }): Promise<RehearsedStatement[]> {
  const { worker, meter } = bench;
  const managesItself = up.statements.some(({ text }) => isTransactionControl(text));
  const statements: RehearsedStatement[] = [];
  if (up.transaction) await worker.execute('BEGIN');
  try {
    for (const { text, start } of up.statements) {
      const send = (): Promise<unknown> => runScript(worker, text);
      const effects = await (up.transaction
        ? meter.measure(send).then((measured) => measured.effects)
        : managesItself
          ? send().then(() => undefined)
          : measureAlone(bench, send).then((measured) => measured.effects)
      ).catch((error: unknown) => {
        throw new FailedStatement(text, up.line + lineAt(up.sql, start) - 1, error);
      });
      statements.push({
        sql: text,
        measuredOn: effects === undefined ? undefined : 'copy',
        milliseconds: undefined,
        effects: effects ?? [],
      });
    }
    if (up.transaction) await worker.execute('COMMIT');
  } finally {
    await rollBack(worker);
  }
  return statements;
}

/** A statement that is committed for itself: in a transaction when it can be, else at the gate. */
async function measureAlone<T>(
  { worker, gate, meter }: Bench,
  send: () => Promise<T>,
): Promise<{ result: T; effects: TableEffect[] }> {
  await meter.restart(true);
  await worker.execute('BEGIN');
  try {
    const measured = await meter.measure(send);
    await worker.execute('COMMIT');
    return measured;
  } catch (error) {
    await rollBack(worker);
    const cause = (error as { cause?: unknown }).cause ?? error;
    if (!isRefusal(cause) && !isRefusal(error)) throw error;
  }
  return measureAtGate(worker, gate, meter, send);
}
