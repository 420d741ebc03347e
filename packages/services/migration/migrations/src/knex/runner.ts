import { setImmediate as turn } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { knexOn, type Session } from '@opsgraph/postgres';
import type { Knex } from 'knex';
import type { MigrationSettings } from '../settings.ts';
import { findTransactionControl, isTransactionControl } from '../sql/transaction-control.ts';
import { type Around, aroundQueries } from './around-queries.ts';
import { inProject } from './in-project.ts';
import { prepareConnection } from './prepare-connection.ts';
import { projectKnex } from './project-knex.ts';
import { projectTypes } from './project-types.ts';
import { StrayRejection } from './stray-rejections.ts';
import { watchSchemaBuilders } from './watch-builders.ts';

export interface SentQuery {
  sql: string;
  bindings: readonly unknown[];
}

export interface KnexRunner {
  knex: Knex;
  /**
   * Runs a migration's function until all it sent is answered. `inTransaction`
   * forbids it to end the transaction that it is given.
   */
  watch(target: Knex, migration: (knex: Knex) => unknown, options: WatchOptions): Promise<WatchedRun>;
  close(): Promise<void>;
}

interface WatchOptions {
  inTransaction: boolean;
  /** Called before each query is sent, and awaited; `done` have been answered. */
  announce?: (sql: string, done: number) => Promise<unknown>;
  /** Stands around each query, to measure it. */
  around?: Around;
}

interface WatchedRun {
  queries: SentQuery[];
  /** Calls of knex.schema that nobody awaited. */
  neverRun: string[];
  /** What the function threw, or left in a promise that nobody awaited. */
  failure: WatchedFailure | undefined;
}

export interface WatchedFailure {
  error: unknown;
  /** The query that failed. */
  query: SentQuery | undefined;
  isStray: boolean;
}

type QueryEvent = { sql: string; bindings?: unknown[]; method?: string; __knexQueryUid: string };

/** knex on the session, for the migrations of one run. */
export async function openKnex(session: Session, settings: MigrationSettings): Promise<KnexRunner> {
  await prepareConnection(session, settings);
  const { tableName, schemaName, loadExtensions, directories: directory, searchPath } = settings;
  const { version } = session.server;
  const told = {
    // 180004 as knex would have asked for it: 18.4
    version: `${Math.floor(version / 10_000)}.${version % 10_000}`,
    // Migrations read these from knex.client.config.
    ...(searchPath && { searchPath }),
    migrations: { directory, tableName, schemaName, loadExtensions },
    ...settings.knex?.config,
    // The stack of a failed query then names the line of the migration that built it.
    asyncStackTraces: true,
  } as Parameters<typeof knexOn>[1];
  const knex = await knexOn(session, told, projectTypes(settings), projectKnex(settings));
  const builders = watchSchemaBuilders(knex);
  const around = aroundQueries(knex);
  return {
    knex,
    watch: async (target, migration, { inTransaction, announce, around: whom }) => {
      const queries: SentQuery[] = [];
      let done = 0;
      const failed = new Map<unknown, SentQuery>();
      const refused: OpsError[] = [];
      const sent = ({ sql, bindings = [], method }: QueryEvent): void => {
        if (inTransaction) refuseTransactionControl(sql, method, refused);
        queries.push({ sql, bindings });
      };
      const answered = (): void => {
        done += 1;
      };
      const broken = (error: unknown, { sql, bindings = [] }: QueryEvent): void => {
        failed.set(error, { sql, bindings });
      };
      knex.on('query', sent).on('query-response', answered).on('query-error', broken);
      builders.forget();
      around.set(
        announce === undefined
          ? whom
          : async (sql, send) => {
              await announce(sql, done);
              return send();
            },
      );
      try {
        // A migration may import when it runs, too.
        await inProject(settings, async () => {
          await migration(target);
          await settle(session, around.idle, () => queries.length);
          // commit() of the transaction object keeps its refusal to itself.
          if (refused[0] !== undefined) throw refused[0];
        });
        return { queries, neverRun: builders.neverRun(), failure: undefined };
      } catch (thrown) {
        const isStray = thrown instanceof StrayRejection;
        const error = isStray ? thrown.cause : thrown;
        // One that the migration made of it is about the latest.
        const query = failed.get(error) ?? [...failed.values()].at(-1);
        return { queries, neverRun: [], failure: { error, query, isStray } };
      } finally {
        around.set(undefined);
        knex
          .removeListener('query', sent)
          .removeListener('query-response', answered)
          .removeListener('query-error', broken);
      }
    },
    close: () => knex.destroy(),
  };
}

/**
 * Waits for queries that a migration sent without awaiting them. The
 * connection answers in order, so an empty query comes after all of them.
 */
async function settle(session: Session, idle: () => Promise<unknown>, sent: () => number): Promise<void> {
  for (let before = -1; before !== sent(); ) {
    before = sent();
    await turn();
    await idle();
    await session.client.query('');
    await turn();
  }
}

function refuseTransactionControl(sql: string, method: string | undefined, refused: OpsError[]): void {
  // knex's own statements for nested transactions are savepoints; trx.commit() sends COMMIT.
  const found =
    method === undefined
      ? isTransactionControl(sql)
        ? sql
        : undefined
      : method === 'raw'
        ? findTransactionControl(sql)
        : undefined;
  if (found === undefined) return;
  const verb = found.split(/[\s;]/, 1)[0]!.toUpperCase();
  const managesItself = method === 'raw' && ['BEGIN', 'START', 'COMMIT', 'END'].includes(verb);
  const refusal = new OpsError({
    code: managesItself ? managesTransaction : 'MIGRATION_ENDS_TRANSACTION',
    exit: 'failed',
    message: `the migration contains ${verb}, which would end or nest its own transaction`,
    hint: 'remove it, or export const config = { transaction: false }',
  });
  refused.push(refusal);
  throw refusal;
}

const managesTransaction = 'MIGRATION_MANAGES_TRANSACTION';

/** Whether a migration was refused because it begins or commits a transaction itself, so that it can run without ours. */
export function isManagingTransaction(error: unknown): boolean {
  return error instanceof OpsError && error.code === managesTransaction;
}
