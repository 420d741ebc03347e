import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { describeUnusableKey } from './unusable-key.ts';

interface KeyColumn {
  name: string;
  /** As SQL, with length or precision. */
  type: string;
  /** PostgreSQL itself compares its values: the type is one of its own, or made of them. */
  isBuiltIn?: boolean;
}

/** The table of a backfill, whose key is known to be NOT NULL and unique. */
export interface KeyedTable {
  oid: number;
  schema: string;
  name: string;
  /** Quoted, for SQL. */
  sql: string;
  key: readonly KeyColumn[];
  /** A trigger of its rows could keep one from being updated. */
  isGuarded: boolean;
  /** As the statistics say; counted when they say nothing. */
  rows: number;
}

interface Found {
  oid: number;
  schema: string;
  name: string;
  kind: string;
  isGuarded: boolean;
  children: number;
  estimate: number;
}

/**
 * Reads what a backfill must know of its table.
 *
 * @throws OpsError BACKFILL_TABLE_MISSING, BACKFILL_NO_TABLE, BACKFILL_KEY_UNUSABLE (65)
 */
export async function readTable(session: Session, { definition, key, path }: LoadedBackfill): Promise<KeyedTable> {
  const found = await findTable(session, definition.table, path);
  const columns = await session.query<KeyColumn & { notNull: boolean }>(
    `SELECT attname AS name, pg_catalog.format_type(atttypid, atttypmod) AS type, attnotnull AS "notNull",
            coalesce(b.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace::oid OR t.typtype IN ('e', 'r', 'm') AS "isBuiltIn"
     FROM pg_attribute JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
     WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attname = ANY($2)`,
    [found.oid, key],
  );
  const sql = identifier(found.schema, found.name);
  const reason = await describeUnusableKey(session, { oid: found.oid, sql, key, columns });
  if (reason !== undefined) {
    throw new OpsError({
      code: 'BACKFILL_KEY_UNUSABLE',
      exit: 'badData',
      message: `${path}: ${reason.message}`,
      hint: reason.hint,
    });
  }
  return {
    oid: found.oid,
    schema: found.schema,
    name: found.name,
    sql,
    key: key.map((wanted) => {
      const { name, type, isBuiltIn } = columns.find((column) => column.name === wanted)!;
      return { name, type, isBuiltIn: isBuiltIn === true };
    }),
    isGuarded: found.isGuarded,
    rows: await countRows(session, sql, found.estimate),
  };
}

async function findTable(session: Session, table: string, path: string): Promise<Found> {
  const [schema, name] = table.includes('.') ? (table.split('.', 2) as [string, string]) : [undefined, table];
  const [found] = await session.query<Found>(
    `SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
            (SELECT count(*) FROM pg_inherits WHERE inhparent = c.oid) AS children,
            -- of rows (1), before (2), update (16); also one of a partition alone
            EXISTS (SELECT FROM pg_trigger t WHERE (t.tgtype::integer & 19) = 19 AND NOT t.tgisinternal AND t.tgenabled <> 'D'
                    AND t.tgrelid IN (SELECT c.oid UNION ALL SELECT relid FROM pg_catalog.pg_partition_tree(c.oid))) AS "isGuarded",
            -- nothing is known of a table that was never analyzed; so nothing is known of the sum
            (SELECT CASE WHEN pg_catalog.min(l.reltuples) < 0::real THEN -1 ELSE pg_catalog.sum(l.reltuples) END::float8
             FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf) AS estimate
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND CASE WHEN $1::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = $1 END`,
    [schema, name],
  );
  if (found === undefined) {
    throw new OpsError({
      code: 'BACKFILL_TABLE_MISSING',
      exit: 'badData',
      message: `${path}: there is no table ${table} in ${session.server.database}`,
      hint: 'is its migration applied? `pnpm --filter migration run status`; in another schema it is written schema.table',
    });
  }
  const reason = describeKind(found);
  if (reason === undefined) return found;
  throw new OpsError({
    code: 'BACKFILL_NO_TABLE',
    exit: 'badData',
    message: `${path}: ${table} ${reason}`,
    hint: 'name a table that holds its rows itself, or a partitioned one',
  });
}

function describeKind({ kind, children }: Found): string | undefined {
  if (kind === 'v') return 'is a view';
  if (kind === 'm') return 'is a materialized view';
  if (kind === 'f') return 'is a foreign table';
  if (kind === 'r' && children > 0) return 'has children by INHERITS, which its key does not cover';
  return undefined;
}

/** Small tables are counted; of others the planner's number is good enough to tell how long it will take. */
async function countRows(session: Session, sql: string, estimate: number | null): Promise<number> {
  if (estimate !== null && estimate > 100_000) return Math.round(estimate);
  const [row] = await session.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${sql}`);
  return row!.rows;
}
