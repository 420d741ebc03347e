import type { KnownColumn, KnownTable } from '@opsgraph/migration-lint';
import type { MigrationSettings } from '@opsgraph/migrations';
import { withSettings } from '@opsgraph/migrations/session-settings';
import type { Session } from '@opsgraph/postgres';

type Row = Omit<KnownTable, 'columns'> & { columns: (Omit<KnownColumn, 'type'> & ColumnTypeRow)[] };
interface ColumnTypeRow {
  type: string;
  typeSchema: string | null;
  mods: number[] | null;
  isArray: boolean;
}

/**
 * The tables of the target with their columns, for what can be done to them
 * beside running code, and whether a migration's session counts its time in
 * UTC.
 */
export function readTarget(
  session: Session,
  given: MigrationSettings,
): Promise<{ tables: KnownTable[]; isUtc: boolean }> {
  return withSettings(session, given, async () => {
    const rows = await session.query<Row>(tablesWithColumns);
    const [zone] = await session.query<{ isUtc: boolean }>(
      // a migration's session has what role and database say, which this one goes back to by RESET
      `SELECT reset_val ~* '^(Etc/)?(UTC|UCT|GMT|Zulu|Universal|Greenwich)$' AS "isUtc" FROM pg_catalog.pg_settings WHERE name = 'TimeZone'`,
    );
    return {
      tables: rows.map(({ columns, ...table }) => ({ ...table, columns: columns.map(asKnown) })),
      isUtc: zone!.isUtc,
    };
  });
}

function asKnown({ type, typeSchema, mods, isArray, ...column }: Row['columns'][number]): KnownColumn {
  const isKnown = type !== 'interval' || mods === null;
  return {
    ...column,
    type: isKnown ? { name: type, schema: typeSchema ?? undefined, mods: mods ?? [], isArray } : undefined,
  };
}

/** Limits of types are read from how the server writes them: numeric(8,2). */
const tablesWithColumns = `
SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS "isPartitioned", pg_catalog.pg_table_is_visible(c.oid) AS "isVisible",
       coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
         'name', a.attname,
         'type', coalesce(e.typname, t.typname),
         'typeSchema', nullif(tn.nspname, 'pg_catalog'),
         'mods', pg_catalog.to_json(pg_catalog.string_to_array(substring(pg_catalog.format_type(a.atttypid, a.atttypmod) FROM '\\(([0-9, -]+)\\)'), ',')::integer[]),
         'isArray', e.oid IS NOT NULL,
         'isNotNull', a.attnotnull,
         'isProvenNotNull', EXISTS (
           SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.convalidated
             AND pg_catalog.pg_get_expr(k.conbin, k.conrelid) = format('(%I IS NOT NULL)', a.attname)),
         'isChecked', EXISTS (
           SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.convalidated AND a.attnum = ANY (k.conkey)),
         'isInBuiltIndex', EXISTS (
           SELECT FROM pg_depend d JOIN pg_index i ON i.indexrelid = d.objid
           WHERE d.classid = 'pg_class'::regclass::oid AND d.refclassid = 'pg_class'::regclass::oid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
             AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)),
         'isCollated', a.attcollation <> t.typcollation)) FILTER (WHERE a.attname IS NOT NULL), '[]') AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_namespace tn ON tn.oid = t.typnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
GROUP BY c.oid, n.nspname`;
