import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { RehearsedMigration, TableFacts } from './rehearsed.ts';

/** Size and estimated rows of every table that the rehearsal touched; waits no longer than that (ms) for anybody's lock. */
export async function readTableFacts(
  session: Session,
  migrations: readonly RehearsedMigration[],
  lockTimeout: number,
): Promise<TableFacts[]> {
  const effects = migrations.flatMap(({ statements }) => statements.flatMap((statement) => statement.effects));
  const names = [...new Set(effects.filter(({ kind }) => kind === 'table').map(({ relation }) => relation))];
  if (names.length === 0) return [];
  try {
    return await session.transaction(async () => {
      await session.execute(`SET LOCAL lock_timeout = ${Math.round(lockTimeout)}`);
      return session.query<TableFacts>(facts('pg_catalog.pg_total_relation_size(c.oid)'), [names]);
    });
  } catch (error) {
    if (!(error instanceof OpsError && ['LOCK_TIMEOUT', 'CONFLICT'].includes(error.code))) throw error;
    return session.query<TableFacts>(facts(estimate), [names]);
  }
}

/** With partitions, and with indexes and what is stored beside. */
const facts = (bytes: string): string =>
  `SELECT wanted AS relation,
          pg_catalog.sum(CASE WHEN c.reltuples < 0::real THEN pg_catalog.pg_stat_get_live_tuples(c.oid) ELSE c.reltuples END)::float8 AS rows,
          pg_catalog.sum(${bytes})::float8 AS bytes
   FROM pg_catalog.unnest($1::text[]) wanted CROSS JOIN LATERAL (
     SELECT relid AS oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(wanted)) UNION SELECT pg_catalog.to_regclass(wanted)) part
   JOIN pg_class c ON c.oid = part.oid LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
   GROUP BY wanted ORDER BY wanted`;

/** As the planner knew it at the last VACUUM or ANALYZE: for that nobody needs a lock. */
const estimate = `(c.relpages::bigint + coalesce(t.relpages, 0) + coalesce((SELECT pg_catalog.sum(x.relpages) FROM pg_index JOIN pg_class x ON x.oid = indexrelid WHERE indrelid = c.oid), 0)) * pg_catalog.current_setting('block_size')::bigint`;
