import type { Session } from '@opsgraph/postgres';
import type { BatchInput, BatchResult, Place } from './batch.ts';
import { nextBatchSize } from './batch-size.ts';
import { findWindow } from './window.ts';
import { countTouched, setUpdate, wantingStatement } from './work-on.ts';

const divisionByZero = '22012';

/**
 * The batch after `place` in two questions instead of seven, since on a small
 * server each wakes two processes that others wait for: the window, then one
 * statement that takes the record if it is still at this place and not paused,
 * works on the rows, and moves the cursor. It is its own transaction.
 *
 * @returns undefined when nothing was done, and only the batch step by step can tell why
 */
export async function runQuickBatch(
  session: Session,
  { backfill, table, run, batchTime, network }: BatchInput,
  place: Place,
): Promise<BatchResult | undefined> {
  const { definition } = backfill;
  if (!('set' in definition)) return undefined;
  const begun = performance.now();
  const window = await findWindow(session, table, place, place.batchSize);
  if (window === undefined) return undefined;
  const range = { after: place.cursor, upTo: window.last };
  const [update, values] = setUpdate(table, definition.set, definition.rows, range, 'EXISTS (SELECT FROM ops_claimed)');
  const own = (at: number): string => `$${values.length + at}`;
  // Rows that moved or still want work must roll all of it back, which a statement does when it fails. One that a trigger
  // kept from being updated is not among those that were touched.
  const mustChange = definition.done === 'no-row-left';
  const [wanting] = wantingStatement(table, definition.rows, range);
  const allowed = `1 / (moved = 0${mustChange ? ` AND still = 0${table.isGuarded ? ` AND c.worked >= (${wanting})` : ''}` : ''})::integer`;
  const sql = `WITH ops_claimed AS MATERIALIZED (
  SELECT FROM ops.backfill AS b WHERE name = ${own(1)} AND pass = ${own(2)} AND batches = ${own(3)} AND state = 'open'
    AND NOT EXISTS (SELECT FROM ops.backfill_pause AS p WHERE p.name = b.name) FOR NO KEY UPDATE
), ops_touched AS (
${update}
), ops_counted AS (
  ${countTouched}
)
UPDATE ops.backfill AS b SET cursor = ${own(4)}, visited = b.visited + ${own(5)}, worked = b.worked + c.worked * ${allowed},
  pass_visited = b.pass_visited + ${own(5)}, pass_worked = b.pass_worked + c.worked, batches = b.batches + 1,
  batch_size = ${own(6)}, run = ${own(7)}, touched_at = clock_timestamp(),
  busy = b.busy + extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000
FROM ops_counted AS c, ops_claimed WHERE b.name = ${own(1)}
RETURNING c.worked`;
  const { name } = definition;
  const { pass, batches, batchSize: size } = place;
  const [row] = await session
    .queryAgain<{ worked: number }>(sql, [...values, name, pass, batches, window.last, window.rows, size, run])
    .catch((error: unknown) => {
      if ((error as { code?: string }).code === divisionByZero) return [];
      throw error;
    });
  if (row === undefined) return undefined;
  const milliseconds = Math.max(performance.now() - begun - 2 * network.roundTrip, 0.1);
  const isLast = window.rows < size && milliseconds < batchTime;
  return {
    ...{ visited: window.rows, worked: row.worked, milliseconds, isEnd: false },
    place: {
      ...place,
      cursor: window.last,
      batches: batches + 1,
      batchSize: isLast ? size : nextBatchSize(size, batchTime, milliseconds),
    },
  };
}
