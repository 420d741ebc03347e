import { notOfExtension, projectNamespaces, qualified } from './scope.ts';
import { columnOptions, indexOptions, relationOptions } from './storage-options.ts';

const name = qualified('n.nspname', 'c.relname');
const inScope = `${projectNamespaces()} AND ${notOfExtension('pg_class', 'c.oid')}`;
const alter = (word: string): string =>
  `'ALTER ${word} ' || ${name} || ' ALTER COLUMN ' || quote_ident(attname) || ' '`;
const ofConstraint = `EXISTS (SELECT FROM pg_constraint WHERE conindid = x.oid AND contype IN ('p', 'u', 'x'))`;

/** How tables, indexes and columns are stored and measured, where it is not the default. */
export const settings = `
SELECT 'column setting' AS kind, ${name} || '.' || quote_ident(attname) || ': ' || s.what AS name, s.sql, ${name} AS relation
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_type t ON t.oid = atttypid
CROSS JOIN LATERAL (VALUES
  ('storage', CASE WHEN attstorage <> typstorage THEN ${alter('TABLE')} || 'SET STORAGE ' || CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' ELSE 'EXTERNAL' END END),
  ('compression', CASE attcompression WHEN 'p' THEN ${alter('TABLE')} || 'SET COMPRESSION pglz' WHEN 'l' THEN ${alter('TABLE')} || 'SET COMPRESSION lz4' END),
  ('statistics', CASE WHEN attstattarget >= 0 THEN ${alter('TABLE')} || 'SET STATISTICS ' || attstattarget END),
  ('options', ${alter('TABLE')} || 'SET (' || ${columnOptions('a')} || ')'),
  ('foreign options', ${alter('FOREIGN TABLE')} || 'OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ' ORDER BY option_name) FROM pg_options_to_table(attfdwoptions)) || ')')
) AS s (what, sql)
WHERE relkind IN ('r', 'p', 'f', 'm') AND attnum > 0 AND NOT attisdropped AND s.sql IS NOT NULL AND ${inScope}
UNION ALL
SELECT 'default', ${name} || '.' || quote_ident(attname), ${alter('VIEW')} || 'SET DEFAULT ' || pg_get_expr(adbin, adrelid), ${name}
FROM pg_attrdef d JOIN pg_class c ON c.oid = adrelid JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
WHERE relkind = 'v' AND ${inScope}
UNION ALL
SELECT 'table setting', ${name} || ': ' || s.what, s.sql, ${name}
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
CROSS JOIN LATERAL (VALUES
  ('replica identity', CASE c.relreplident WHEN 'f' THEN 'ALTER TABLE ' || ${name} || ' REPLICA IDENTITY FULL' WHEN 'n' THEN 'ALTER TABLE ' || ${name} || ' REPLICA IDENTITY NOTHING' END),
  ('toast', 'ALTER TABLE ' || ${name} || ' SET (' || ${relationOptions('toast', 'toast.')} || ')'),
  ('access method', 'ALTER TABLE ' || ${name} || ' SET ACCESS METHOD ' || (SELECT quote_ident(amname) FROM pg_am WHERE pg_am.oid = c.relam AND amname <> 'heap')),
  ('of type', CASE WHEN c.reloftype <> 0 THEN 'ALTER TABLE ' || ${name} || ' OF ' || c.reloftype::regtype END)
) AS s (what, sql)
WHERE c.relkind IN ('r', 'p', 'm') AND s.sql IS NOT NULL AND ${inScope}
UNION ALL
-- of the indexes that constraints have; those of others are told with the index
SELECT 'table setting', ${name} || ': ' || s.what || ' of ' || quote_ident(x.relname), s.sql, ${name}
FROM pg_index i JOIN pg_class x ON x.oid = indexrelid JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (VALUES
  ('cluster', CASE WHEN indisclustered THEN 'ALTER TABLE ' || ${name} || ' CLUSTER ON ' || quote_ident(x.relname) END),
  ('replica identity', CASE WHEN indisreplident THEN 'ALTER TABLE ' || ${name} || ' REPLICA IDENTITY USING INDEX ' || quote_ident(x.relname) END),
  ('options', 'ALTER INDEX ' || x.oid::regclass || ' SET (' || ${indexOptions('x')} || ')')
) AS s (what, sql)
WHERE ${ofConstraint} AND s.sql IS NOT NULL AND ${inScope}
UNION ALL
SELECT 'table setting', ${name} || ': statistics of ' || quote_ident(x.relname) || ' ' || attnum, 'ALTER INDEX ' || x.oid::regclass || ' ALTER COLUMN ' || attnum || ' SET STATISTICS ' || attstattarget, ${name}
FROM pg_attribute JOIN pg_class x ON x.oid = attrelid AND x.relkind IN ('i', 'I') JOIN pg_index i ON indexrelid = x.oid JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE attstattarget >= 0 AND ${inScope}
ORDER BY 1, 2`;
