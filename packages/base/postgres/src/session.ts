import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client, QueryResultRow } from 'pg';
import { cancelStatements, type Running } from './cancel-statements.ts';
import { type ConnectionSettings, closeClient, connect } from './connect.ts';
import { serverHas } from './server-features.ts';
import { translateError } from './translate-error.ts';

export interface ServerFacts {
  /** server_version_num: 180004 is 18.4. */
  version: number;
  host: string;
  port: number;
  database: string;
  user: string;
  pid: number;
  /** Of the role's own search_path, those that exist. */
  schemas: readonly string[];
  /** Of the database: UTF8. */
  encoding: string;
}

/** One connection, used by one thing at a time. */
export interface Session {
  readonly server: ServerFacts;
  readonly signal: AbortSignal | undefined;
  /** The driver's own object, for a library that must have it (knex). */
  readonly client: Client;
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** The same for a statement that is run over and over: it is parsed once, and without values planned once. */
  queryAgain<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Runs a statement and returns how many rows it touched. */
  execute(sql: string, values?: unknown[]): Promise<number>;
  /** Commits when `work` resolves, else rolls back; inside another one a savepoint. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** `COPY … FROM STDIN`, fed by an iterable of encoded text; returns the rows. */
  copyIn(sql: string, source: AsyncIterable<string | Buffer> | Iterable<string | Buffer>): Promise<number>;
  /** `COPY … TO STDOUT`. */
  copyOut(sql: string): Promise<Readable>;
}

/**
 * Opens a session, hands it to `work` and closes it whatever happens. When
 * the signal aborts, the running statement is cancelled on the server.
 */
export async function withSession<T>(settings: ConnectionSettings, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await connect(settings);
  try {
    const running: Running = { statements: 0 };
    const session = await describeSession(client, settings.signal, running);
    // Behind what is asked for by name: relations of pg_temp would come before all others.
    if (settings.ownSqlOnly) await client.query('SET search_path = pg_catalog, pg_temp');
    // statementTimeout is the limit that the configuration sets.
    if (serverHas(session.server.version, 'transaction_timeout')) await client.query('SET transaction_timeout = 0');
    const cancel = (): void => void cancelStatements(settings, session, running);
    settings.signal?.addEventListener('abort', cancel);
    try {
      return await work(session);
    } finally {
      settings.signal?.removeEventListener('abort', cancel);
    }
  } finally {
    await closeClient(client);
  }
}

type SessionFacts = Record<'version' | 'database' | 'encoding', string> & { pid: number; schemas: string[] };

async function describeSession(client: Client, signal: AbortSignal | undefined, running: Running): Promise<Session> {
  const { rows } = await client.query<SessionFacts>(
    `SELECT pg_catalog.current_setting('server_version_num') AS version, pg_catalog.pg_backend_pid() AS pid,
            pg_catalog.current_database() AS database, pg_catalog.current_setting('server_encoding') AS encoding,
            pg_catalog.current_schemas(false)::pg_catalog.text[] AS schemas`,
  );
  const facts = rows[0]!;
  const server = {
    version: Number(facts.version),
    host: client.host,
    port: client.port,
    database: facts.database,
    user: client.user ?? '',
    pid: facts.pid,
    schemas: facts.schemas,
    encoding: facts.encoding,
  };
  return openSession(client, server, signal, running);
}

function openSession(client: Client, server: ServerFacts, signal: AbortSignal | undefined, running: Running): Session {
  let depth = 0;
  const prepared = new Map<string, string>();

  /** A cancelled statement ends with the reason of the cancellation, a known error with its meaning. */
  const meaning = (error: unknown): unknown => (signal?.aborted ? signal.reason : translateError(error, server));

  async function send<T>(work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    running.statements += 1;
    try {
      return await work();
    } catch (error) {
      throw meaning(error);
    } finally {
      running.statements -= 1;
    }
  }

  async function transaction<T>(work: () => Promise<T>): Promise<T> {
    const point = `level_${depth}`;
    const [begin, commit, rollback] =
      depth === 0
        ? ['BEGIN', 'COMMIT', 'ROLLBACK']
        : [`SAVEPOINT ${point}`, `RELEASE ${point}`, `ROLLBACK TO ${point}; RELEASE ${point}`];
    await send(() => client.query(begin));
    depth += 1;
    try {
      const result = await work();
      await send(() => client.query(commit));
      return result;
    } catch (error) {
      // On a lost connection the server has rolled back already.
      await client.query(rollback).catch(() => {});
      throw error;
    } finally {
      depth -= 1;
    }
  }

  return {
    server,
    signal,
    client,
    transaction,
    query: (sql, values) => send(async () => (await client.query(sql, values)).rows),
    queryAgain: (text, values) => {
      const name = prepared.get(text) ?? `again_${prepared.size}`;
      prepared.set(text, name);
      return send(async () => (await client.query({ name, text, ...(values && { values }) })).rows);
    },
    execute: (sql, values) => send(async () => (await client.query(sql, values)).rowCount ?? 0),
    copyIn: (sql, source) =>
      send(async () => {
        const { from } = await import('pg-copy-streams');
        const sink = client.query(from(sql));
        await pipeline(source, sink);
        return sink.rowCount;
      }),
    copyOut: async (sql) => {
      const { to } = await import('pg-copy-streams');
      return send(async () => client.query(to(sql)));
    },
  };
}
