import { notOfExtension, projectNamespaces, qualified } from './scope.ts';

const signature = `${qualified('nspname', 'proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')'`;

/** Functions, procedures and aggregates, by their arguments. */
export const functions = `
SELECT 'function' AS kind, ${signature} AS name,
       CASE prokind WHEN 'a' THEN 'CREATE AGGREGATE ' || ${signature} ||
         (SELECT format(' (SFUNC = %s, STYPE = %s', aggtransfn, format_type(aggtranstype, NULL))
            || CASE WHEN aggfinalfn = 0 THEN '' ELSE ', FINALFUNC = ' || aggfinalfn END
            || CASE WHEN aggcombinefn = 0 THEN '' ELSE ', COMBINEFUNC = ' || aggcombinefn END
            || coalesce(', INITCOND = ' || quote_literal(agginitval), '') || ')' FROM pg_aggregate WHERE aggfnoid = p.oid)
       ELSE rtrim(pg_get_functiondef(p.oid), chr(10)) END AS sql,
       NULL AS relation
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE ${projectNamespaces()} AND ${notOfExtension('pg_proc', 'p.oid')}
  -- what CREATE TYPE … AS RANGE made comes with the type
  AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
ORDER BY 2`;
