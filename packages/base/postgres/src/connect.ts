import type { EventEmitter } from 'node:events';
import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';
import type { Client } from 'pg';
import { type ConnectionUrl, readConnectionUrl } from './connection-url.ts';
import { pinOwnSettings } from './session-settings.ts';
import { translateError } from './translate-error.ts';
import { withExactBigints } from './types.ts';

export interface ConnectionSettings {
  /** postgres://… ; TLS, socket directory and the like as libpq's URL parameters. */
  url: Secret;
  /** Shown in pg_stat_activity; PostgreSQL keeps the first 63 bytes. */
  applicationName: string;
  /** Milliseconds; 0 means no limit. */
  lockTimeout: number;
  statementTimeout: number;
  connectTimeout: number;
  /**
   * Whether nothing but our own SQL runs here, on catalogues and qualified
   * names: then only pg_catalog is on the search_path, and no function that a
   * lower role has made can be called in place of PostgreSQL's own.
   */
  ownSqlOnly?: boolean;
  /** When it aborts, the running statement is cancelled and no other begins. */
  signal?: AbortSignal | undefined;
}

/** Errors that a moment later may be gone: starting up, no slot free, a connection cut while opening. */
const transient = new Set(['57P03', '53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/**
 * An open pg client with the timeouts set. Transient errors are retried with
 * jitter for about two seconds.
 *
 * @throws OpsError DATABASE_UNREACHABLE (69), DATABASE_MISSING and
 * DATABASE_URL_INVALID (78), DATABASE_LOGIN_REFUSED and
 * CHANNEL_BINDING_MISSING (77)
 */
export async function connect(settings: ConnectionSettings): Promise<Client> {
  const config = await clientConfig(settings);
  try {
    settings.signal?.throwIfAborted();
    const client = await openClient(config).catch((error: unknown) => openAgain(config, error, settings.signal));
    await setUp(client, settings);
    return client;
  } catch (error) {
    if (settings.signal?.aborted) throw settings.signal.reason;
    throw translateError(error, config);
  }
}

/** A pooler accepts the login and lets the first statement wait for a free backend, for minutes. */
async function setUp(client: Client, settings: ConnectionSettings): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    if (settings.connectTimeout > 0)
      timer = setTimeout(() => reject(new Error('timeout expired')), settings.connectTimeout);
  });
  try {
    await Promise.race([client.query(sessionSettings(settings)), tooLate]);
  } catch (error) {
    cut(client);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a connection without a word to the server, which may not listen. */
export function cut(client: Client): void {
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
}

/** Says goodbye, and cuts the connection when nobody listens for a second. */
export async function closeClient(client: Client): Promise<void> {
  const ended = client.end().catch(() => {});
  const tooLate = setTimeout(() => cut(client), 1000);
  await ended;
  clearTimeout(tooLate);
}

async function openClient(config: ConnectionUrl): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...config, types: withExactBigints(pg.types) });
  // Without a listener a connection cut between two statements would end the process;
  // the next statement reports it.
  client.on('error', () => {});
  const offers = config.requiresChannelBinding ? offeredLogins(client) : undefined;
  await client.connect();
  if (offers?.has('SCRAM-SHA-256-PLUS') !== false) return client;
  await client.end();
  throw withoutChannelBinding(config);
}

/** The driver takes the login with channel binding when it is offered, and any other when it is not. */
function offeredLogins(client: Client): Set<string> {
  const offers = new Set<string>();
  const { connection } = client as unknown as { connection: EventEmitter };
  connection.on('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
    for (const mechanism of mechanisms) offers.add(mechanism);
  });
  return offers;
}

function withoutChannelBinding({ host, port }: ConnectionUrl): OpsError {
  return new OpsError({
    code: 'CHANNEL_BINDING_MISSING',
    exit: 'refused',
    message: `${host ?? 'localhost'}:${port ?? 5432} offers no login with channel binding, which DATABASE_URL requires`,
    hint: 'use TLS and a SCRAM password, with no proxy in between that terminates TLS; or remove channel_binding=require',
  });
}

/** Further attempts after a transient error; loaded only then, since most connections open at once. */
async function openAgain(config: ConnectionUrl, first: unknown, signal: AbortSignal | undefined): Promise<Client> {
  const isTransient = (error: unknown): boolean => transient.has((error as { code?: string }).code ?? '');
  if (!isTransient(first)) throw first;
  const { default: retry } = await import('p-retry');
  return retry(() => openClient(config), {
    retries: 3,
    minTimeout: 200,
    randomize: true,
    shouldRetry: ({ error }) => isTransient(error),
    ...(signal && { signal }),
  });
}

async function clientConfig(settings: ConnectionSettings): Promise<ConnectionUrl> {
  return {
    ...(await readConnectionUrl(settings.url)),
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** Sent as statements, not as start-up options: poolers refuse the latter. */
function sessionSettings({ lockTimeout, statementTimeout }: ConnectionSettings): string {
  return [
    `SET lock_timeout = ${Math.round(lockTimeout)}`,
    `SET statement_timeout = ${Math.round(statementTimeout)}`,
    // The connection that holds the lock has nothing to do while another one works; a transaction may wait for a file.
    'SET idle_session_timeout = 0',
    'SET idle_in_transaction_session_timeout = 0',
    // What waited for a lock must see what its holder wrote.
    "SET default_transaction_isolation = 'read committed'",
    // An error that we foresee must not end the session.
    'SET exit_on_error = off',
    pinOwnSettings(),
    // A machine that vanished (asleep, unplugged) leaves its lock for a minute, not for two hours.
    'SET tcp_keepalives_idle = 10',
    'SET tcp_keepalives_interval = 5',
    // A backend notices that its task was killed, even in the middle of a long statement.
    ...(process.platform === 'linux' || process.platform === 'darwin'
      ? ["SET client_connection_check_interval = '1s'"]
      : []),
  ].join(';');
}
