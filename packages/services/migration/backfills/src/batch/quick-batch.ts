import { type Session, sqlState } from '@opsgraph/postgres';
import type { Backfill } from '../definition/backfill.ts';
import type { Range } from '../table/key-sql.ts';
import type { BatchInput, BatchResult, Place } from './batch.ts';
import { findWindow, type Window } from './window.ts';
import { chosenKeys, countTouched, setUpdate, wantingStatement } from './work-on.ts';
import { workOnKeys } from './work-on-keys.ts';

const divisionByZero = '22012';

/**
 * The batch after `place` in few questions, since on a small server each wakes
 * two processes that others wait for: the window, then one statement that takes
 * the record if it is still at this place and not paused, and moves the cursor.
 * With `set` it updates the rows as well and is its own transaction; else it
 * locks them and gives their keys, and the work follows in the same transaction.
 *
 * @returns undefined when nothing was done, and only the batch step by step can tell why
 */
export async function runQuickBatch(
  session: Session,
  input: BatchInput,
  place: Place,
): Promise<BatchResult | undefined> {
  const begun = performance.now();
  const { network, rows } = input;
  const window = await findWindow(session, input.table, place, rows);
  if (window === undefined) return undefined;
  const step = { ...input, place, window, range: { after: place.cursor, upTo: window.last } };
  const [worked, questions] =
    'set' in input.backfill.definition
      ? [await update(session, step, input.backfill.definition), 2]
      : [await session.transaction(() => claimAndWork(session, step)), 5];
  if (worked === undefined) return undefined;
  const milliseconds = Math.max(performance.now() - begun - questions * network.roundTrip, 0.1);
  return {
    ...{ visited: window.rows, worked, milliseconds, isEnd: false },
    place: {
      ...place,
      cursor: window.last,
      batches: place.batches + 1,
      busy: place.busy + milliseconds,
    },
  };
}

interface Step extends BatchInput {
  place: Place;
  window: Window;
  range: Range;
}

const isClaimed = 'EXISTS (SELECT FROM ops_claimed)';

/** Rows that moved or still want work must roll all of it back, which a statement does when it fails. */
async function update(
  session: Session,
  step: Step,
  { set, rows, done }: Extract<Backfill, { set: string }>,
): Promise<number | undefined> {
  const { table, range } = step;
  const [sql, values] = setUpdate(table, set, rows, range, isClaimed);
  // One that a trigger kept from being updated is not among those that were touched.
  const wanting = table.isGuarded ? ` AND c.worked >= (${wantingStatement(table, rows, range)[0]})` : '';
  const allowed = `moved = 0${done === 'no-row-left' ? ` AND still = 0${wanting}` : ''}`;
  const worked = `c.worked / (${allowed})::integer`;
  const parts = `ops_touched AS (\n${sql}\n), ops_counted AS (\n  ${countTouched}\n)`;
  const [row] = await claim(session, step, { parts, values, worked }).catch((error: unknown) => {
    if (sqlState(error) === divisionByZero) return [];
    throw error;
  });
  return row?.worked;
}

async function claimAndWork(session: Session, step: Step): Promise<number | undefined> {
  const { backfill, table, range } = step;
  const [sql, values] = chosenKeys(table, backfill.definition.rows, range, isClaimed);
  const arrays = table.key.map((_, at) => `coalesce(pg_catalog.array_agg(k${at}), '{}') AS k${at}`).join(', ');
  const parts = `ops_chosen AS (\n${sql}\n), ops_counted AS (\n  SELECT count(*) AS worked, ${arrays} FROM ops_chosen\n)`;
  const [row] = await claim(session, step, { parts, values, worked: 'c.worked' });
  if (row === undefined) return undefined;
  return workOnKeys(
    session,
    backfill,
    table,
    table.key.map((_, at) => row[`k${at}`] as string[]),
  );
}

/** Returns a row when the record is at this place and free, and has been moved behind the window. */
async function claim(
  session: Session,
  { backfill, place, window, run, size }: Step,
  { parts, values, worked }: { parts: string; values: string[]; worked: string },
): Promise<({ worked: number } & Record<string, unknown>)[]> {
  const own = (at: number): string => `$${values.length + at}`;
  const { pass, batches, busy } = place;
  return session.queryAgain(
    `WITH ops_claimed AS MATERIALIZED (
  SELECT FROM ops.backfill AS b WHERE name = ${own(1)} AND pass = ${own(2)} AND batches = ${own(3)} AND state = 'open'
    AND NOT EXISTS (SELECT FROM ops.backfill_pause AS p WHERE p.name = b.name) FOR NO KEY UPDATE
), ${parts}
UPDATE ops.backfill AS b SET cursor = ${own(4)}, visited = b.visited + ${own(5)}, worked = b.worked + ${worked},
  pass_visited = b.pass_visited + ${own(5)}, pass_worked = b.pass_worked + c.worked, batches = b.batches + 1,
  batch_size = ${own(6)}, busy = ${own(7)}, run = ${own(8)}, touched_at = pg_catalog.clock_timestamp()
FROM ops_counted AS c, ops_claimed WHERE b.name = ${own(1)}
RETURNING c.*`,
    [...values, backfill.definition.name, pass, batches, window.last, window.rows, size, busy, run],
  );
}
