import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { type ConnectionSettings, closeClient, connect, cut } from './connect.ts';

/** How many statements of a session the server has not answered yet. */
export interface Running {
  statements: number;
}

/** Milliseconds from one cancellation to the next. */
const cancelAgain = 200;

/**
 * Through a second connection: works with TLS, sockets and poolers alike. Again and again until the statement ends,
 * since a backend forgets a cancellation that comes before it has read the statement.
 */
export async function cancelStatements(
  settings: ConnectionSettings,
  session: { readonly client: Client; readonly server: { readonly pid: number } },
  running: Running,
): Promise<void> {
  const { signal: _aborted, ...rest } = settings;
  try {
    const second = await connect({ ...rest, connectTimeout: 2000 });
    for (let first = true; first || running.statements > 0; first = false) {
      await second.query('SELECT pg_catalog.pg_cancel_backend($1)', [session.server.pid]);
      if (running.statements > 0) await sleep(cancelAgain);
    }
    await closeClient(second);
  } catch {
    // The server cannot be asked: cutting the connection makes it roll back by itself.
    cut(session.client);
  }
}
