import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@opsgraph/postgres';
import { type LockMeter, stronger, writtenMode } from './lock-meter.ts';
import type { LockMode, TableEffect } from './rehearsed.ts';

/** What the gate holds on every table, one upon the other; each lets pass what the one above stopped. */
const rungs = ['ACCESS SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const;

/**
 * Measures a statement that can't be in a transaction, on a copy that is ours
 * alone: another session holds every table, so the statement stops at each
 * lock, where pg_locks shows which one it asks for, and is released step by step.
 */
export async function measureAtGate<T>(
  worker: Session,
  gate: Session,
  meter: LockMeter,
  send: () => Promise<T>,
): Promise<{ result: T; effects: TableEffect[] }> {
  await meter.restart(true);
  const locks = new Map<string, LockMode>();
  let result: T;
  try {
    await close(gate, meter.tables());
    let isDone = false;
    const running = send().finally(() => {
      isDone = true;
    });
    // Its failure is reported by the await below.
    running.catch(() => {});
    for (const rung of [...rungs.toReversed()]) {
      while (!isDone) {
        const waiting = await waitsOf(gate, worker);
        for (const { relation, mode } of waiting)
          if (relation !== null) locks.set(relation, stronger(locks.get(relation), writtenMode(mode)));
        if (waiting.length > 0) break;
        await sleep(1);
      }
      await gate.execute(`ROLLBACK TO "${rung}"`);
    }
    await gate.execute('ROLLBACK');
    result = await running;
  } finally {
    await gate.client.query('ROLLBACK').catch(() => {});
  }
  const effects = (await meter.rewritten()).map(({ relation, kind }) => effect(relation, kind, true));
  for (const [relation, lock] of locks) {
    const same = effects.find((one) => one.relation === relation);
    if (same === undefined) effects.unshift({ ...effect(relation, 'table', false), lock });
    else same.lock = lock;
  }
  return { result, effects };
}

async function close(gate: Session, tables: readonly string[]): Promise<void> {
  await gate.execute('BEGIN');
  for (const rung of rungs) {
    await gate.execute(`SAVEPOINT "${rung}"`);
    if (tables.length > 0) await gate.execute(`LOCK TABLE ${tables.join(', ')} IN ${rung} MODE`);
  }
}

/** What the worker waits for: a lock on a relation, or (relation null) for transactions to end. */
async function waitsOf(gate: Session, worker: Session): Promise<{ relation: string | null; mode: string }[]> {
  return gate.query(
    `SELECT pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname) AS relation, mode
     FROM pg_locks LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = relnamespace) ON c.oid = relation
     WHERE pid = $1 AND NOT granted`,
    [worker.server.pid],
  );
}

function effect(relation: string, kind: TableEffect['kind'], rewritten: boolean): TableEffect {
  return { relation, kind, lock: undefined, rewritten, emptied: false, scanned: false, dropped: false };
}
