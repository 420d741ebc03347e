import type { Session } from '@opsgraph/postgres';

/** Everything the model knows: the rows of each table by id, a row as its columns' texts. */
export interface Snapshot {
  town: Rows;
  shop: Rows;
  visit: Rows;
  part: Rows;
  label: Rows;
}

type Rows = Map<number, Row>;
type Row = Readonly<Record<string, string | null>>;
export type Seeded = (typeof seeded)[number];

const seeded = ['town', 'shop', 'part'] as const;

export async function takeSnapshot(session: Session): Promise<Snapshot> {
  const rows = await session.query<{ t: keyof Snapshot; id: number; row: Row }>(
    `SELECT 'town' AS t, id, to_jsonb(town) AS row FROM town UNION ALL SELECT 'shop', id, to_jsonb(shop) FROM shop
     UNION ALL SELECT 'visit', id, to_jsonb(visit) FROM visit UNION ALL SELECT 'part', id, to_jsonb(part) FROM part
     UNION ALL SELECT 'label', id, to_jsonb(label) FROM label ORDER BY 1, 2`,
  );
  const snapshot: Snapshot = { town: new Map(), shop: new Map(), visit: new Map(), part: new Map(), label: new Map() };
  for (const { t, id, row } of rows) snapshot[t].set(id, underFirstNames(row));
  return snapshot;
}

/** A migration may have renamed town's w to note; it is the same column. */
function underFirstNames({ note, ...row }: Row): Row {
  return note === undefined ? row : { ...row, w: note };
}

/** What one seed did to one table, as seen from outside. */
export interface KnownLoad {
  run: number;
  table: Seeded;
  before: Rows;
  after: Rows;
}

export interface Verdict {
  /** undefined when the undo must be refused. */
  expected: Snapshot | undefined;
}

/** Child, its column, parent, and the column of that: every foreign key there is. */
const references = [
  ['shop', 'town_id', 'town', 'id'],
  ['visit', 'town_id', 'town', 'id'],
  ['visit', 'shop_id', 'shop', 'id'],
  ['part', 'whole', 'part', 'id'],
  ['label', 'part_code', 'part', 'code'],
] as const;

/**
 * What must be in place after an undo, from copies of the tables alone: inserted
 * rows that are as they were and that nobody needs are gone, updated ones that
 * are as they were have their former values, everything else is untouched.
 */
export function judgeUndo(loads: readonly KnownLoad[], now: Snapshot, keepChanged: boolean): Verdict {
  const going = new Map<Seeded, Set<number>>(seeded.map((table) => [table, new Set()]));
  const back = new Map<Seeded, Map<number, Row>>(seeded.map((table) => [table, new Map()]));
  let isRefused = false;
  for (const { table, before, after } of loads) {
    for (const [id, left] of after) {
      const former = before.get(id);
      if (former !== undefined && sameRow(former, left)) continue;
      const current = now[table].get(id);
      if (current === undefined) continue;
      if (!sameCommon(left, current)) isRefused = true;
      else if (former === undefined) going.get(table)!.add(id);
      else back.get(table)!.set(id, overlay(current, former));
    }
  }
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const [child, column, parent, target] of references) {
      for (const [id, row] of now[child]) {
        if (going.get(child as Seeded)?.has(id) || row[column] === null) continue;
        const final = back.get(child as Seeded)?.get(id) ?? row;
        if (final[column] !== row[column]) continue;
        const needed = [...now[parent]].find(([, one]) => one[target] === row[column]);
        if (needed === undefined) continue;
        const [parentId, parentRow] = needed;
        const former = back.get(parent)!.get(parentId);
        const isRekeyed = former !== undefined && former[target] !== parentRow[target];
        if (isRekeyed) back.get(parent)!.delete(parentId);
        else if (!going.get(parent)!.delete(parentId)) continue;
        [isRefused, isSettled] = [true, false];
      }
    }
  }
  if (isRefused && !keepChanged) return { expected: undefined };
  const expected = Object.fromEntries(
    Object.entries(now).map(([table, rows]) => [table, new Map(rows)]),
  ) as unknown as Snapshot;
  for (const table of seeded) {
    for (const id of going.get(table)!) expected[table].delete(id);
    for (const [id, row] of back.get(table)!) expected[table].set(id, row);
  }
  // a former parent that somebody deleted cannot be referred to again, nor one that has another key now
  for (const [child, column, parent, target] of references) {
    const present = new Set([...expected[parent].values()].map((row) => row[target]));
    for (const row of expected[child].values())
      if (row[column] !== null && !present.has(row[column]!)) return { expected: undefined };
  }
  return { expected };
}

function sameRow(one: Row, other: Row): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Columns that a migration added or dropped meanwhile are not compared. */
function sameCommon(one: Row, other: Row): boolean {
  return Object.keys(one).every((column) => !(column in other) || one[column] === other[column]);
}

function overlay(current: Row, former: Row): Row {
  return Object.fromEntries(
    Object.keys(current).map((column) => [column, column in former ? former[column]! : current[column]!]),
  );
}
