import { identifier, type Session } from '@opsgraph/postgres';
import { currentImage, type OpenLoad } from './load.ts';

/** Locks the rows of a load that are still there and says of each whether it is as the load left it. */
export async function judgeRows(session: Session, open: OpenLoad): Promise<void> {
  const shape = `${open.rows}_shape`;
  const places = open.columns.map((_, place) => place);
  await session.execute(
    `CREATE TEMP TABLE ${shape} (${places.map((place) => `c${place} text`).join(', ')}) ON COMMIT DROP`,
  );
  const keys = open.identity.map((name) => {
    const { place, bareType } = open.common.find((column) => column.name === name)!;
    return { name: identifier(name), value: `(x.after).c${place}::${bareType}` };
  });
  await session.execute(
    `CREATE TEMP TABLE ${open.rows} ON COMMIT DROP AS
     SELECT x.n, x.is_insert, CASE WHEN ${currentImage(open, 't')} = ${recordedImage(open)} THEN 'undo' ELSE 'changed' END AS verdict, NULL::text AS by,
            ${[...keys.map(({ value }, index) => `${value} AS k${index}`), ...places.map((place) => `(x.before).c${place} AS b${place}`), ...places.map((place) => `(x.after).c${place} AS a${place}`)].join(', ')}
     FROM (SELECT row_number() OVER () AS n, u.before IS NULL AS is_insert, u.after AS image, u.before::${shape} AS before, u.after::${shape} AS after
           FROM ops.seed_image i CROSS JOIN LATERAL unnest(i.before, i.after) AS u (before, after) WHERE i.load = $1 OFFSET 0) x
     JOIN ${open.table.sql} t ON ${keys.map(({ name, value }) => `t.${name} = ${value}`).join(' AND ')} FOR UPDATE OF t`,
    [open.id],
  );
  await session.execute(`ANALYZE ${open.rows}`);
}

/** The row as the load left it, of the columns that are still there. */
function recordedImage({ common, dropped }: OpenLoad): string {
  return dropped.length === 0 ? 'x.image' : `ROW(${common.map(({ place }) => `(x.after).c${place}`).join(', ')})::text`;
}
