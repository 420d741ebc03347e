/** Comments on everything that is in scope. */
export const comments = `
SELECT 'comment' AS kind, type || ' ' || identity AS name,
       'COMMENT ON ' || CASE type WHEN 'table column' THEN 'COLUMN' WHEN 'view column' THEN 'COLUMN' WHEN 'materialized view column' THEN 'COLUMN'
         WHEN 'composite type column' THEN 'COLUMN' WHEN 'table constraint' THEN 'CONSTRAINT' WHEN 'domain constraint' THEN 'CONSTRAINT'
         WHEN 'policy' THEN 'POLICY' WHEN 'trigger' THEN 'TRIGGER' ELSE upper(type) END
         || ' ' || CASE type WHEN 'domain constraint' THEN replace(identity, ' on ', ' ON DOMAIN ') ELSE identity END || ' IS ' || quote_literal(description) AS sql,
       CASE WHEN d.classoid = 'pg_class'::regclass AND c.relkind IN ('r', 'p', 'f', 'v', 'm') THEN d.objoid::regclass::text
            WHEN i.indrelid IS NOT NULL THEN i.indrelid::regclass::text
            WHEN o.conrelid <> 0 THEN o.conrelid::regclass::text
            WHEN t.tgrelid IS NOT NULL THEN t.tgrelid::regclass::text END AS relation
FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) what
LEFT JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid
LEFT JOIN pg_index i ON c.relkind IN ('i', 'I') AND i.indexrelid = c.oid
LEFT JOIN pg_constraint o ON d.classoid = 'pg_constraint'::regclass AND o.oid = d.objoid
LEFT JOIN pg_trigger t ON d.classoid = 'pg_trigger'::regclass AND t.oid = d.objoid
LEFT JOIN pg_type y ON d.classoid = 'pg_type'::regclass AND y.oid = d.objoid
LEFT JOIN pg_proc p ON d.classoid = 'pg_proc'::regclass AND p.oid = d.objoid
LEFT JOIN pg_type k ON k.oid = o.contypid
LEFT JOIN pg_class tc ON tc.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, o.connamespace, tc.relnamespace, y.typnamespace, p.pronamespace)
  OR (d.classoid = 'pg_namespace'::regclass AND n.oid = d.objoid AND n.nspname <> 'public')
-- what the server came with has smaller numbers
WHERE d.objoid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL ($1)
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
ORDER BY 2`;
