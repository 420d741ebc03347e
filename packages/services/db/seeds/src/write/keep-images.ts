import { identifier, type Session } from '@opsgraph/postgres';
import type { StagedSet } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';
import { isOurs } from './fill-table.ts';
import { imageOf } from './row-sql.ts';
import { writtenTable } from './survey.ts';

/** Rows of the ledger hold this many images: few enough for memory, many enough to be fast. */
const most = 500;
/** And about this many bytes: the server builds an array in memory, and none of a gigabyte. */
const mostBytes = 2 ** 26;

export interface Kept {
  rows: number;
  /** Of the images after; that of the table when they are all its rows. */
  digest: string;
}

/** The rows of a table that this transaction filled, in one pass over it. */
export function keepFilled(session: Session, { table, largestRow }: StagedSet, load: number): Promise<Kept> {
  return keep(
    session,
    { load, kind: 'inserts', chunkSize: chunkSizeFor(largestRow) },
    `SELECT ${imageOf(table, 't')} AS after FROM ${table.sql} t WHERE ${isOurs('t')}`,
  );
}

/** The rows in the list of what was written, inserted or updated ones. A row that an update left as it was is no change. */
export async function keepWritten(session: Session, staged: StagedSet, load: number, kind: Kind): Promise<Kept> {
  const { table, identity, largestRow } = staged;
  const [former] = await session.query<{ largest: number | null }>(
    `SELECT pg_catalog.max(pg_catalog.octet_length(before)) AS largest FROM ${writtenTable(staged)}`,
  );
  const now = `SELECT w.before, ${imageOf(table, 't')} AS after FROM ${writtenTable(staged)} w
     JOIN ${table.sql} t ON ${identity.map((name, index) => `w.i${index} ${equalsOf(table, name)} t.${identifier(name)}`).join(' AND ')}`;
  return keep(
    session,
    { load, kind, chunkSize: chunkSizeFor(largestRow + (former!.largest ?? 0)) },
    kind === 'inserts'
      ? `${now} WHERE w.before IS NULL`
      : `SELECT before, after FROM (${now} WHERE w.before IS NOT NULL) n WHERE before <> after`,
  );
}

type Kind = 'inserts' | 'updates';

/** An image doubles quotes and backslashes, and a character may take four bytes. */
function chunkSizeFor(largestRow: number): number {
  return Math.min(Math.max(Math.floor(mostBytes / (4 * largestRow + 1)), 1), most);
}

async function keep(
  session: Session,
  { load, kind, chunkSize }: { load: number; kind: Kind; chunkSize: number },
  images: string,
): Promise<Kept> {
  const [before, chunk] = kind === 'inserts' ? ['NULL', 'chunk'] : ['pg_catalog.array_agg(before)', '-1 - chunk'];
  const [kept] = await session.query<{ rows: number; digest: string }>(
    `WITH kept AS (
       INSERT INTO ops.seed_image (load, chunk, before, after)
       SELECT $1, ${chunk}, ${before}, pg_catalog.array_agg(after)
       FROM (SELECT *, (pg_catalog.row_number() OVER () - 1) / ${chunkSize} AS chunk FROM (${images}) i) c GROUP BY chunk
       RETURNING pg_catalog.cardinality(after) AS rows, (SELECT pg_catalog.sum(pg_catalog.hashtextextended(image, 0)) FROM pg_catalog.unnest(after) image) AS digest)
     SELECT coalesce(pg_catalog.sum(rows), 0)::bigint AS rows, coalesce(pg_catalog.sum(digest), 0)::text AS digest FROM kept`,
    [load],
  );
  return kept!;
}
