import type { EventEmitter } from 'node:events';
import { type Session, sqlState, translateError } from '@opsgraph/postgres';

/** The server refused a script: how far it had come, and its own error. */
export class ScriptError extends Error {
  /** How many statements had completed. */
  readonly completed: number;
  override readonly cause: ServerError;
  readonly #script: string;

  constructor(script: string, completed: number, cause: ServerError) {
    super(cause.message);
    this.completed = completed;
    this.cause = cause;
    this.#script = script;
  }

  /** Where in a part of the script the server saw the error, in UTF-16 units; undefined: it named no place, or another part. */
  placeIn(part: string): number | undefined {
    const start = this.#script.indexOf(part);
    const place = placeOf(this.cause, this.#script);
    if (start < 0 || place === undefined) return undefined;
    return place >= start && place <= start + part.length ? place - start : undefined;
  }
}

export interface ServerError extends Error {
  code?: string;
  /** In characters from 1, in the text that was sent. */
  position?: string;
  detail?: string;
  hint?: string;
  where?: string;
}

/** Where in the text that was sent the server saw the error. It counts characters, JavaScript halves of surrogate pairs. */
export function placeOf({ position }: ServerError, sent: string): number | undefined {
  const characters = Number(position) - 1;
  if (!(characters >= 0)) return undefined;
  if (!/[\ud800-\udfff]/.test(sent)) return characters;
  let index = 0;
  for (let count = 0; count < characters && index < sent.length; count += 1)
    index += (sent.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return index;
}

/** What one statement of a script answered. */
export interface StatementResult {
  rows: object[];
}

/**
 * Sends several statements in one message and returns their results. They
 * stop at the first error, which then says how many were done.
 *
 * @throws ScriptError, or the signal's reason, or an OpsError when the connection is lost
 */
export async function runScript(session: Session, sql: string): Promise<StatementResult[]> {
  session.signal?.throwIfAborted();
  const connection = (session.client as unknown as { connection: EventEmitter }).connection;
  let completed = 0;
  const count = (): void => {
    completed += 1;
  };
  connection.on('commandComplete', count);
  try {
    const results = await session.client.query(sql);
    return Array.isArray(results) ? (results as StatementResult[]) : [results];
  } catch (error) {
    if (session.signal?.aborted) throw session.signal.reason;
    if ((error as ServerError).code !== undefined && isFromServer(error))
      throw new ScriptError(sql, completed, error as ServerError);
    throw translateError(error, session.server);
  } finally {
    connection.off('commandComplete', count);
  }
}

/** Ends whatever transaction is open; a lost connection has none. */
export async function rollBack(session: Session): Promise<void> {
  await session.client.query('ROLLBACK').catch(() => {});
}

/** An answer to our statement; not the news that the server goes away. */
function isFromServer(error: unknown): boolean {
  const code = sqlState(error);
  return (error as { severity?: string }).severity === 'ERROR' && code !== '' && !/^(57P|08)/.test(code);
}
