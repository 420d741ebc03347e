import type { Session } from '@opsgraph/postgres';
import type { RehearsedMigration, TableFacts } from './rehearsed.ts';

/** Size and estimated rows of every table that the rehearsal touched, without waiting for anybody's lock. */
export async function readTableFacts(
  session: Session,
  migrations: readonly RehearsedMigration[],
): Promise<TableFacts[]> {
  const effects = migrations.flatMap(({ statements }) => statements.flatMap((statement) => statement.effects));
  const names = [...new Set(effects.filter(({ kind }) => kind === 'table').map(({ relation }) => relation))];
  if (names.length === 0) return [];
  // From the catalogue, as pg_total_relation_size would wait for a lock; with partitions and what is stored beside.
  return session.query<TableFacts & { relation: string }>(
    `SELECT wanted AS relation,
            sum(CASE WHEN c.reltuples < 0 THEN pg_stat_get_live_tuples(c.oid) ELSE c.reltuples END)::float8 AS rows,
            sum((c.relpages::bigint + coalesce(t.relpages, 0) + coalesce((SELECT sum(x.relpages) FROM pg_index JOIN pg_class x ON x.oid = indexrelid WHERE indrelid = c.oid), 0)) * current_setting('block_size')::bigint)::float8 AS bytes
     FROM unnest($1::text[]) wanted CROSS JOIN LATERAL (
       SELECT relid AS oid FROM pg_partition_tree(to_regclass(wanted)) UNION SELECT to_regclass(wanted)) part
     JOIN pg_class c ON c.oid = part.oid LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
     GROUP BY wanted ORDER BY wanted`,
    [names],
  );
}
