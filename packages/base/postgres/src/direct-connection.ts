import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import type { ConnectionSettings } from './connect.ts';
import { type Session, withSession } from './session.ts';

/** Milliseconds that a backend may take to say its number. */
const longestPatience = 5000;

/**
 * A session that is surely one backend of the server from its beginning to its
 * end. Behind a pooler in transaction mode each transaction may run on another
 * backend, and a session lock stays on one that serves strangers; that is
 * refused before `work` begins.
 *
 * @throws what `work` throws; OpsError of the connection, POOLER_IN_TRANSACTION_MODE (77)
 */
export async function withDirectSession<T>(
  settings: ConnectionSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withSession(settings, async (session) => {
    // A pooler answers the start-up with a key of its own; without one there is nothing more to ask.
    if (processId(session) !== session.server.pid) await requireDirect(session, settings);
    return work(session);
  });
}

async function requireDirect(first: Session, settings: ConnectionSettings): Promise<void> {
  const patience = Math.min(settings.connectTimeout || longestPatience, longestPatience);
  try {
    await withSession(settings, (second) => requireTwoBackends(first, second, patience));
  } catch (error) {
    // It ends the connection at the first BEGIN.
    if (/statement pooling/i.test(causeOf(error))) throw refusal(first, 'statement');
    throw error;
  }
}

/**
 * Two direct connections keep two backends. Through such a pooler the second
 * one, in a transaction, is given the backend that the first has just left, or
 * the first is moved to another.
 */
async function requireTwoBackends(first: Session, second: Session, patience: number): Promise<void> {
  const before = await backend(first);
  const [other, after] = await second.transaction(async () => {
    const own = await backend(second);
    // Where the pool has one backend, the first waits for the end of this transaction.
    return [own, await Promise.race([backend(first), sleep(patience, undefined, { ref: false })])] as const;
  });
  if (before !== other && before === after) return;
  throw refusal(first, 'transaction');
}

function refusal({ server }: Session, mode: 'transaction' | 'statement'): OpsError {
  return new OpsError({
    code: 'POOLER_IN_TRANSACTION_MODE',
    exit: 'refused',
    message: `${server.host}:${server.port} is a pooler in ${mode} mode, where locks cannot be held`,
    hint: 'give the URL of the server itself, or of a pooler in session mode, as DATABASE_URL',
  });
}

function causeOf(error: unknown): string {
  const { message = '', cause } = error as { message?: string; cause?: unknown };
  return cause === undefined ? message : `${message} ${causeOf(cause)}`;
}

async function backend(session: Session): Promise<number> {
  const [row] = await session.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return row!.pid;
}

function processId(session: Session): number | null {
  return (session.client as unknown as { processID: number | null }).processID;
}
