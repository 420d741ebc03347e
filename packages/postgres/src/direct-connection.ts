import { OpsError } from '@opsgraph/errors';
import type { ConnectionSettings } from './connect.ts';
import { type Session, withSession } from './session.ts';

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
    if (processId(session) !== session.server.pid)
      await withSession(settings, (second) => requireTwoBackends(session, second));
    return work(session);
  });
}

/**
 * Two direct connections keep two backends. Through such a pooler the second
 * one, in a transaction, is given the backend that the first has just left, or
 * the first is moved to another.
 */
async function requireTwoBackends(first: Session, second: Session): Promise<void> {
  const before = await backend(first);
  const [other, after] = await second.transaction(async () => [await backend(second), await backend(first)] as const);
  if (before !== other && before === after && after !== other) return;
  throw new OpsError({
    code: 'POOLER_IN_TRANSACTION_MODE',
    exit: 'refused',
    message: `${first.server.host}:${first.server.port} is a pooler in transaction mode, where locks cannot be held`,
    hint: 'give the URL of the server itself, or of a pooler in session mode, as DATABASE_URL',
  });
}

async function backend(session: Session): Promise<number> {
  const [row] = await session.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return row!.pid;
}

function processId(session: Session): number | null {
  return (session.client as unknown as { processID: number | null }).processID;
}
