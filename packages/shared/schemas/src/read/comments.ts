import { projectNamespaces } from './scope.ts';

/** Comments on everything that is in scope. */
export const comments = `
SELECT 'comment' AS kind, type || ' ' || identity AS name,
       'COMMENT ON ' || CASE WHEN type LIKE '% column' THEN 'COLUMN' WHEN type LIKE '% constraint' THEN 'CONSTRAINT'
         WHEN type = 'statistics object' THEN 'STATISTICS' WHEN type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER' ELSE upper(type) END
         || ' ' || CASE type WHEN 'domain constraint' THEN replace(identity, ' on ', ' ON DOMAIN ') ELSE identity END || ' IS ' || quote_literal(description) AS sql,
       CASE WHEN r.relkind IN ('r', 'p', 'f', 'v', 'm') THEN r.oid::regclass::text END AS relation
FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) what
LEFT JOIN pg_index i ON d.classoid = 'pg_class'::regclass AND i.indexrelid = d.objoid
LEFT JOIN pg_constraint o ON d.classoid = 'pg_constraint'::regclass AND o.oid = d.objoid
LEFT JOIN pg_trigger t ON d.classoid = 'pg_trigger'::regclass AND t.oid = d.objoid
LEFT JOIN pg_policy p ON d.classoid = 'pg_policy'::regclass AND p.oid = d.objoid
LEFT JOIN pg_rewrite w ON d.classoid = 'pg_rewrite'::regclass AND w.oid = d.objoid
LEFT JOIN pg_class r ON r.oid = coalesce(i.indrelid, nullif(o.conrelid, 0), t.tgrelid, p.polrelid, w.ev_class, CASE WHEN d.classoid = 'pg_class'::regclass THEN d.objoid END)
LEFT JOIN pg_type k ON k.oid = o.contypid
-- what is in no schema, as an event trigger, has none here
LEFT JOIN pg_namespace n ON n.oid = coalesce(r.relnamespace, k.typnamespace) OR (r.oid IS NULL AND k.oid IS NULL AND quote_ident(n.nspname) = coalesce(what.schema, CASE type WHEN 'schema' THEN what.identity END))
-- what the server came with has smaller numbers
WHERE d.objoid >= 16384 AND (n.oid IS NULL OR ${projectNamespaces()}) AND NOT (type = 'schema' AND identity = 'public')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
ORDER BY 2`;
