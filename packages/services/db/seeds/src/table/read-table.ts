import { identifier, type Session } from '@opsgraph/postgres';
import type { ForeignKey, Table } from './table.ts';

/** Types whose `=` is the same as being written alike, save for -0 and the scale of a numeric. */
const exact = [
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'numeric',
  'text',
  'varchar',
  'bpchar',
  'name',
  'uuid',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'bytea',
  'oid',
];

/** The table by its name (with or without schema), or by its oid; undefined when there is none or it is a view. */
export async function readTable(session: Session, name: string | number): Promise<Table | undefined> {
  const lookup = typeof name === 'number' ? '$1::bigint::oid' : 'pg_catalog.to_regclass($1)::oid';
  const [found] = await session.query<Found & Record<string, unknown>>(
    `${tableSql} WHERE r.oid = ${lookup} AND r.relkind IN ('r', 'p')`,
    [typeof name === 'number' ? name : (quoteName(name) ?? null), exact],
  );
  if (found === undefined) return undefined;
  const { keys, foreignKeys, hasHeirs, ...table } = found;
  const into = identifier(table.schema, table.name);
  return {
    ...table,
    into,
    sql: hasHeirs ? `ONLY ${into}` : into,
    primaryKey: keys.find(({ isPrimary }) => isPrimary)?.columns ?? [],
    uniqueKeys: keys.map((key) => key.columns),
    foreignKeys: foreignKeys.map((key) => ({ ...key, tableSql: identifier(key.schema, key.relation) })),
  };
}

type Found = Pick<
  Table,
  'oid' | 'schema' | 'name' | 'isPlain' | 'rewriters' | 'rewriterNames' | 'columns' | 'checks'
> & {
  hasHeirs: boolean;
  keys: { isPrimary: boolean; columns: string[] }[];
  foreignKeys: (Omit<ForeignKey, 'tableSql'> & { schema: string; relation: string })[];
};

/** `Schema.table` as written means exactly these letters; a quoted name is left as it is. undefined for what is no name. */
export function quoteName(name: string): string | undefined {
  const parts = /^("(?:[^"]|"")+"|[^".]+)(?:\.("(?:[^"]|"")+"|[^".]+))?$/.exec(name)?.slice(1);
  return parts
    ?.filter((part) => part !== undefined)
    .map((part) => (part.startsWith('"') ? part : identifier(part)))
    .join('.');
}

const columnsSql = `
SELECT a.attname::text AS name, a.attnum AS number,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       pg_catalog.format_type(a.atttypid, -1) AS "bareType",
       CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END AS "baseType",
       t.typtype = 'd' AS "isDomain",
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
       a.attcollation <> 0::oid AS "isCollatable",
       a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS "isRequired",
       a.atthasdef OR a.attidentity <> '' OR (t.typtype = 'd' AND t.typdefault IS NOT NULL) AS "hasDefault",
       a.attidentity <> '' OR EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '\\mnextval\\(') AS "isNumbered",
       a.attgenerated <> '' AS "isGenerated",
       a.attidentity = 'a' AS "isIdentityAlways",
       b.typname::text = ANY ($2) AND b.typnamespace = 'pg_catalog'::regnamespace::oid AS "hasExactEquality",
       CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace::oid OR b.typtype IN ('e', 'r', 'm', 'c') OR b.typcategory = 'A'
            THEN 'OPERATOR(pg_catalog.=)' ELSE '=' END AS equals,
       b.typname IN ('json', 'jsonb') AS "isJson",
       b.typcategory = 'A' AS "isArray"
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

const names = (table: string, numbers: string): string => `
(SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place) FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (number, place)
 JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.number)`;

const keysSql = `
SELECT i.indisprimary AS "isPrimary", ${names('i.indrelid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')} AS columns
FROM pg_index i
WHERE i.indrelid = r.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
ORDER BY i.indisprimary DESC, i.indexrelid`;

const foreignKeysSql = `
SELECT c.conname::text AS name, ${names('c.conrelid', 'c.conkey')} AS columns, c.confrelid::int8 AS "table",
       n.nspname::text AS schema, p.relname::text AS relation, ${names('c.confrelid', 'c.confkey')} AS targets
FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE c.conrelid = r.oid AND c.contype = 'f' AND p.relkind IN ('r', 'p') ORDER BY c.conname`;

const checksSql = `
SELECT c.conname::text AS name, pg_catalog.pg_get_expr(c.conbin, c.conrelid) AS condition, ${names('c.conrelid', 'c.conkey')} AS columns
FROM pg_constraint c WHERE c.conrelid = r.oid AND c.contype = 'c' AND c.conkey IS NOT NULL ORDER BY c.conname`;

const all = (rows: string): string =>
  `(SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(x)), '[]') FROM (${rows}) x)`;

const rewritersSql = `
SELECT pg_catalog.md5(pg_catalog.string_agg(w.definition, ' ' ORDER BY w.definition)) AS hash, coalesce(pg_catalog.array_agg(w.name::text ORDER BY w.name), '{}') AS names
FROM (SELECT tgname AS name, pg_catalog.pg_get_triggerdef(t.oid) || tgenabled::text || prosrc AS definition
      FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE tgrelid = r.oid AND NOT tgisinternal
      UNION ALL SELECT rulename, pg_catalog.pg_get_ruledef(u.oid) || ev_enabled::text FROM pg_rewrite u WHERE ev_class = r.oid AND rulename <> '_RETURN') w`;

/** All of it in one statement, since each table of a run is asked for. */
const tableSql = `
SELECT r.oid::int8 AS oid, n.nspname AS schema, r.relname AS name,
       r.relkind = 'r' AND NOT r.relhasrules AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = r.oid AND NOT t.tgisinternal) AS "isPlain",
       r.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = r.oid) AS "hasHeirs",
       w.hash AS rewriters, w.names AS "rewriterNames",
       ${all(columnsSql)} AS columns, ${all(keysSql)} AS keys, ${all(foreignKeysSql)} AS "foreignKeys", ${all(checksSql)} AS checks
FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace CROSS JOIN LATERAL (${rewritersSql}) w`;
