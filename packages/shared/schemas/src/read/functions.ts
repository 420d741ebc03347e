import { notOfExtension, projectNamespaces, qualified } from './scope.ts';

const signature = `${qualified('nspname', 'proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')'`;

/** Functions, procedures and aggregates, by their arguments. */
export const functions = `
SELECT 'function' AS kind, ${signature} AS name,
       CASE prokind WHEN 'a' THEN 'CREATE AGGREGATE ' || ${signature} ||
         (SELECT format(' (SFUNC = %s, STYPE = %s', aggtransfn, format_type(aggtranstype, NULL))
            || (SELECT coalesce(string_agg(', ' || word || ' = ' || value, '' ORDER BY at), '') FROM (VALUES
                 (1, 'SSPACE', nullif(aggtransspace, 0)::text), (2, 'FINALFUNC', nullif(aggfinalfn::text, '-')), (3, 'FINALFUNC_EXTRA', nullif(aggfinalextra, false)::text),
                 (4, 'FINALFUNC_MODIFY', CASE WHEN aggkind = 'n' THEN CASE aggfinalmodify WHEN 's' THEN 'SHAREABLE' WHEN 'w' THEN 'READ_WRITE' END END),
                 (5, 'COMBINEFUNC', nullif(aggcombinefn::text, '-')), (6, 'SERIALFUNC', nullif(aggserialfn::text, '-')), (7, 'DESERIALFUNC', nullif(aggdeserialfn::text, '-')),
                 (8, 'INITCOND', quote_literal(agginitval)), (9, 'MSFUNC', nullif(aggmtransfn::text, '-')), (10, 'MINVFUNC', nullif(aggminvtransfn::text, '-')),
                 (11, 'MSTYPE', format_type(nullif(aggmtranstype, 0), NULL)), (12, 'MSSPACE', nullif(aggmtransspace, 0)::text), (13, 'MFINALFUNC', nullif(aggmfinalfn::text, '-')),
                 (14, 'MFINALFUNC_EXTRA', nullif(aggmfinalextra, false)::text), (15, 'MINITCOND', quote_literal(aggminitval)),
                 (16, 'SORTOP', (SELECT format('OPERATOR(%I.%s)', m.nspname, oprname) FROM pg_operator s JOIN pg_namespace m ON m.oid = oprnamespace WHERE s.oid = aggsortop)),
                 (17, 'PARALLEL', CASE proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END), (18, 'HYPOTHETICAL', CASE aggkind WHEN 'h' THEN 'true' END)) AS o (at, word, value) WHERE value IS NOT NULL)
            || ')' FROM pg_aggregate WHERE aggfnoid = p.oid)
       ELSE rtrim(pg_get_functiondef(p.oid), chr(10)) END AS sql,
       NULL AS relation
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE ${projectNamespaces()} AND ${notOfExtension('pg_proc', 'p.oid')}
  -- what CREATE TYPE … AS RANGE made comes with the type
  AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
ORDER BY 2`;
