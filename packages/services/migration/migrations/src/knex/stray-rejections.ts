import { setImmediate as turn } from 'node:timers/promises';

/** A promise of the project's code was rejected, and nobody awaited it. */
export class StrayRejection extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    if (cause instanceof Error && cause.stack !== undefined) this.stack = cause.stack;
  }
}

/** How long code of which a part has failed may take to come to its own end. */
const grace = 1000;

/**
 * Runs code of the project and fails with what it left to nobody: a rejected
 * promise that is not awaited ends the process of stock knex, which then has
 * recorded nothing. A project that has a handler of its own for these continues.
 *
 * @throws StrayRejection
 */
export async function withStrayRejections<T>(work: () => Promise<T>): Promise<T> {
  if (process.listenerCount('unhandledRejection') > 0) return work();
  let stray: StrayRejection | undefined;
  let timer: NodeJS.Timeout | undefined;
  let onStray: (reason: unknown) => void = () => {};
  // Not at once: what still runs would meet a connection on which all is over.
  const givenUp = new Promise<undefined>((resolve) => {
    onStray = (reason) => {
      stray ??= new StrayRejection(reason);
      timer ??= setTimeout(() => resolve(undefined), grace);
    };
  });
  process.on('unhandledRejection', onStray);
  try {
    // What made the work fail may be the stray one, which is reported only when all promises of this turn are settled.
    const [end] = await Promise.allSettled([Promise.race([work(), givenUp])]);
    await turn();
    if (stray !== undefined) throw stray;
    if (end.status === 'rejected') throw end.reason;
    return end.value as T;
  } finally {
    clearTimeout(timer);
    process.off('unhandledRejection', onStray);
  }
}
