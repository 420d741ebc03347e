import { identifier, type Session, sqlState } from '@opsgraph/postgres';
import { type LostLoad, lost } from './lost-load.ts';
import type { KnownColumn, OpenLoad } from './recorded-load.ts';

/**
 * Locks the rows of a load that are still there and says of each whether it is as the load left it.
 * Returns why when they cannot be told: what they are known by can no longer be read.
 */
export async function judgeRows(session: Session, open: OpenLoad): Promise<LostLoad | undefined> {
  try {
    await session.transaction(() => judge(session, open));
    return undefined;
  } catch (error) {
    if (!/^(22|23|42804|42846)/.test(sqlState(error))) throw error;
    return lost(open, `a column of ${open.table.name} has another type now (${(error as Error).message})`);
  }
}

async function judge(session: Session, open: OpenLoad): Promise<void> {
  const shape = `${open.rows}_shape`;
  await session.execute(
    `CREATE TEMP TABLE ${shape} (${open.columns.map((_, place) => `c${place} text`).join(', ')}) ON COMMIT DROP`,
  );
  const keys = open.identity.map((name) => {
    const column = open.common.find((known) => known.name === name)!;
    return { name: identifier(name), value: `(${after(column)})::${column.bareType}` };
  });
  const values = [
    ...keys.map(({ value }, index) => `${value} AS k${index}`),
    ...open.common.flatMap((column) => [
      `${before(column)} AS b${column.place}`,
      `${after(column)} AS a${column.place}`,
    ]),
    ...open.dropped.flatMap(({ place }) => [`(x.before).c${place} AS b${place}`, `(x.after).c${place} AS a${place}`]),
  ];
  await session.execute(
    `CREATE TEMP TABLE ${open.rows} ON COMMIT DROP AS
     SELECT x.n, x.is_insert, CASE WHEN ${currentImage(open, 't')} = ${recordedImage(open)} THEN 'undo' ELSE 'changed' END AS verdict, NULL::text AS by,
            ${values.join(', ')}
     FROM (SELECT pg_catalog.row_number() OVER () AS n, u.before IS NULL AS is_insert, u.after AS image, u.before::${shape} AS before, u.after::${shape} AS after
           FROM ops.seed_image i CROSS JOIN LATERAL unnest(i.before, i.after) AS u (before, after) WHERE i.load = $1 OFFSET 0) x
     JOIN ${open.table.sql} t ON ${keys.map(({ name, value }) => `t.${name} = ${value}`).join(' AND ')} FOR UPDATE OF t`,
    [open.id],
  );
  // of the values nothing need be known, and sampling all these texts takes longer
  const compared = ['verdict', 'is_insert', ...open.identity.map((_, index) => `k${index}`)];
  await session.execute(`ANALYZE ${open.rows} (${compared.join(', ')})`);
}

/** The row as the load left it, of the columns that are still there. */
function recordedImage({ common, dropped }: OpenLoad): string {
  return dropped.length === 0 && common.every(({ was }) => was === undefined)
    ? 'x.image'
    : `ROW(${common.map((column) => after(column)).join(', ')})::text`;
}

/** The columns of row `row`, written as they are in an image. */
function currentImage({ common }: OpenLoad, row: string): string {
  return `ROW(${common.map(({ name }) => `${row}.${identifier(name)}`).join(', ')})::text`;
}

/** What the seed had left; converted to the column's type of now with its length and scale, as the rows were that it is in. */
function after({ place, was, type }: KnownColumn): string {
  return converted(`(x.after).c${place}`, was, type);
}

/** What the seed had found; without length and scale, so that what does not fit any more is refused instead of cut off. */
function before({ place, was, bareType }: KnownColumn): string {
  return converted(`(x.before).c${place}`, was, bareType);
}

/** concat writes a value as the type's output does; a cast to text does so for most types only. */
function converted(text: string, was: string | undefined, type: string): string {
  const value = `${text}::${was}::${type}`;
  return was === undefined ? text : `CASE WHEN ${text} IS NOT NULL THEN concat(${value}) END`;
}
