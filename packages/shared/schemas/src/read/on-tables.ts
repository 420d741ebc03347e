import { notOfExtension, projectNamespaces, qualified } from './scope.ts';
import { withKnownOptions } from './storage-options.ts';

const table = qualified('n.nspname', 'c.relname');
const inScope = `${projectNamespaces()} AND ${notOfExtension('pg_class', 'c.oid')}`;
const on = 'JOIN pg_namespace n ON n.oid = c.relnamespace';

/**
 * Constraints, indexes, statistics, triggers, rules and policies. Those that
 * partitions inherit follow from the parent's and are left out, as are NOT
 * NULL constraints that hold for all rows, which are part of their column.
 */
export const onTables = `
SELECT 'constraint' AS kind, quote_ident(conname) || ' on ' || ${table} AS name,
       'ALTER TABLE ' || ${table} || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || ${withKnownOptions('pg_get_constraintdef(o.oid)', 'x')} AS sql, ${table} AS relation
FROM pg_constraint o JOIN pg_class c ON c.oid = conrelid ${on} LEFT JOIN pg_class x ON x.oid = conindid AND contype = 'x'
WHERE (contype IN ('p', 'u', 'c', 'x', 'f') OR contype = 'n' AND (NOT convalidated OR connoinherit)) AND conparentid = 0 AND (conislocal OR coninhcount = 0) AND ${inScope}
UNION ALL
SELECT 'index', ${qualified('n.nspname', 'x.relname')},
       replace(${withKnownOptions('pg_get_indexdef(x.oid)', 'x')}, ' ON ONLY ', ' ON ') || CASE WHEN indisvalid OR x.relkind = 'I' THEN '' ELSE ' -- INVALID' END
         || CASE WHEN indisclustered THEN '; ALTER TABLE ' || ${table} || ' CLUSTER ON ' || quote_ident(x.relname) ELSE '' END
         || CASE WHEN indisreplident THEN '; ALTER TABLE ' || ${table} || ' REPLICA IDENTITY USING INDEX ' || quote_ident(x.relname) ELSE '' END, ${table}
FROM pg_index i JOIN pg_class x ON x.oid = indexrelid JOIN pg_class c ON c.oid = indrelid ${on}
WHERE c.relkind IN ('r', 'p', 'm') AND NOT x.relispartition AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = x.oid AND contype IN ('p', 'u', 'x')) AND ${inScope}
UNION ALL
SELECT 'statistics', ${qualified('n.nspname', 'stxname')}, pg_get_statisticsobjdef(s.oid) || CASE WHEN stxstattarget >= 0 THEN '; ALTER STATISTICS ' || ${qualified('n.nspname', 'stxname')} || ' SET STATISTICS ' || stxstattarget ELSE '' END, stxrelid::regclass::text
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace
WHERE ${projectNamespaces()}
UNION ALL
SELECT 'trigger', quote_ident(tgname) || ' on ' || ${table},
       pg_get_triggerdef(t.oid) || CASE tgenabled WHEN 'D' THEN '; ALTER TABLE ' || ${table} || ' DISABLE TRIGGER ' || quote_ident(tgname)
         WHEN 'A' THEN '; ALTER TABLE ' || ${table} || ' ENABLE ALWAYS TRIGGER ' || quote_ident(tgname)
         WHEN 'R' THEN '; ALTER TABLE ' || ${table} || ' ENABLE REPLICA TRIGGER ' || quote_ident(tgname) ELSE '' END, ${table}
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid ${on}
WHERE NOT tgisinternal AND tgparentid = 0 AND ${inScope}
UNION ALL
SELECT 'trigger', quote_ident(t.tgname) || ' of ' || ${table}, 'ALTER TABLE ' || ${table} || CASE t.tgenabled WHEN 'D' THEN ' DISABLE TRIGGER ' WHEN 'A' THEN ' ENABLE ALWAYS TRIGGER ' WHEN 'R' THEN ' ENABLE REPLICA TRIGGER ' ELSE ' ENABLE TRIGGER ' END || quote_ident(t.tgname), ${table}
FROM pg_trigger t JOIN pg_trigger parent ON parent.oid = t.tgparentid AND parent.tgenabled <> t.tgenabled JOIN pg_class c ON c.oid = t.tgrelid ${on}
WHERE NOT parent.tgisinternal AND ${inScope}
UNION ALL
SELECT 'rule', quote_ident(rulename) || ' on ' || ${table}, rtrim(pg_get_ruledef(r.oid), ';') || CASE ev_enabled WHEN 'O' THEN '' ELSE '; ALTER TABLE ' || ${table} || CASE ev_enabled WHEN 'D' THEN ' DISABLE' WHEN 'A' THEN ' ENABLE ALWAYS' ELSE ' ENABLE REPLICA' END || ' RULE ' || quote_ident(rulename) END, ${table}
FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class ${on}
WHERE rulename <> '_RETURN' AND ${inScope}
UNION ALL
SELECT 'policy', quote_ident(polname) || ' on ' || ${table},
       'CREATE POLICY ' || quote_ident(polname) || ' ON ' || ${table} || CASE WHEN polpermissive THEN '' ELSE ' AS RESTRICTIVE' END
         || CASE polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END
         || CASE WHEN polroles = '{0}' THEN '' ELSE ' TO ' || (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY r) FROM unnest(polroles) r) END
         || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '') || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', ''), ${table}
FROM pg_policy p JOIN pg_class c ON c.oid = polrelid ${on}
WHERE ${inScope}
ORDER BY 1, 2`;
