import { notOfExtension, projectNamespaces, qualified } from './scope.ts';

const name = qualified('nspname', 'typname');

/** Enums, composite types, ranges, domains and what domains demand. */
export const types = `
SELECT 'type' AS kind, ${name} AS name,
       CASE typtype
         WHEN 'e' THEN 'CREATE TYPE ' || ${name} || ' AS ENUM (' ||
           coalesce((SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '') || ')'
         WHEN 'r' THEN 'CREATE TYPE ' || ${name} || ' AS RANGE (SUBTYPE = ' ||
           (SELECT concat_ws(', ', format_type(rngsubtype, NULL), 'SUBTYPE_DIFF = ' || nullif(rngsubdiff, 0)::regproc, 'CANONICAL = ' || nullif(rngcanonical, 0)::regproc,
              'SUBTYPE_OPCLASS = ' || (SELECT ${qualified('m.nspname', 'opcname')} FROM pg_opclass o JOIN pg_namespace m ON m.oid = opcnamespace WHERE o.oid = rngsubopc AND NOT opcdefault),
              'COLLATION = ' || (SELECT ${qualified('m.nspname', 'collname')} FROM pg_collation o JOIN pg_namespace m ON m.oid = collnamespace JOIN pg_type s ON s.oid = rngsubtype WHERE o.oid = rngcollation AND rngcollation <> s.typcollation),
              'MULTIRANGE_TYPE_NAME = ' || rngmultitypid::regtype) FROM pg_range WHERE rngtypid = t.oid) || ')'
         ELSE 'CREATE TYPE ' || ${name} || ' AS (' ||
           coalesce((SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
                       || coalesce((SELECT ' COLLATE ' || ${qualified('m.nspname', 'collname')} FROM pg_collation l JOIN pg_namespace m ON m.oid = collnamespace JOIN pg_type b ON b.oid = atttypid WHERE l.oid = attcollation AND attcollation <> b.typcollation), ''), ', ' ORDER BY attnum)
                     FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), '') || ')'
       END AS sql,
       NULL AS relation
FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
WHERE ${projectNamespaces()} AND (typtype IN ('e', 'r') OR (typtype = 'c' AND c.relkind = 'c')) AND ${notOfExtension('pg_type', 't.oid')}
UNION ALL
SELECT 'domain', ${name},
       'CREATE DOMAIN ' || ${name} || ' AS ' || format_type(typbasetype, typtypmod)
         || coalesce((SELECT ' COLLATE ' || ${qualified('cn.nspname', 'collname')} FROM pg_collation l JOIN pg_namespace cn ON cn.oid = collnamespace
                      JOIN pg_type b ON b.oid = t.typbasetype WHERE l.oid = t.typcollation AND t.typcollation <> b.typcollation), '')
         || coalesce(' DEFAULT ' || typdefault, '') || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END,
       NULL
FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
WHERE ${projectNamespaces()} AND typtype = 'd' AND ${notOfExtension('pg_type', 't.oid')}
UNION ALL
SELECT 'constraint', quote_ident(conname) || ' on domain ' || ${name},
       'ALTER DOMAIN ' || ${name} || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(o.oid), NULL
FROM pg_constraint o JOIN pg_type t ON t.oid = contypid JOIN pg_namespace n ON n.oid = typnamespace
WHERE ${projectNamespaces()} AND contype = 'c' AND ${notOfExtension('pg_type', 't.oid')}`;
