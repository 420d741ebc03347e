import type { Session } from '@opsgraph/postgres';
import type { LockMeter } from './lock-meter.ts';

/** So that a rehearsal disturbs nobody. */
export interface RehearsalLimits {
  /** Milliseconds to wait for a lock: whoever wants the table waits behind us so long. */
  lockTimeout: number;
  /** Milliseconds for which locks on existing tables are held at most. */
  holdLimit: number;
}

export const defaultLimits: RehearsalLimits = { lockTimeout: 300, holdLimit: 5000 };

export interface Clock {
  /** Before each statement, as the one before may have set other timeouts. False: the time is used up. */
  allowNext(): Promise<boolean>;
}

/** The time runs from the first lock that is in the way of others. */
export function startClock(session: Session, meter: LockMeter, { lockTimeout, holdLimit }: RehearsalLimits): Clock {
  let since: number | undefined;
  return {
    allowNext: async () => {
      if (since === undefined && meter.held().size > 0) since = performance.now();
      const left = since === undefined ? holdLimit : holdLimit - (performance.now() - since);
      if (left < 1) return false;
      await session.client.query(
        "SELECT pg_catalog.set_config('lock_timeout', $1, true), pg_catalog.set_config('statement_timeout', $2, true)",
        // A first statement that gets its lock late may then run for the whole time.
        [String(Math.round(lockTimeout)), String(Math.round(since === undefined ? left + lockTimeout : left))],
      );
      return true;
    },
  };
}
