import { notOfExtension, projectNamespaces } from './scope.ts';

const described = (catalogue: string): string =>
  `CROSS JOIN LATERAL pg_identify_object('${catalogue}'::regclass, o.oid, 0) what`;
const isOurs = (catalogue: string): string => `o.oid >= 16384 AND ${notOfExtension(catalogue, 'o.oid')}`;
const clause = (word: string, value: string): string => `coalesce(', ${word} = ' || ${value}, '')`;
const operator = (oid: string): string =>
  `(SELECT format('OPERATOR(%I.%s)', m.nspname, p.oprname) FROM pg_operator p JOIN pg_namespace m ON m.oid = p.oprnamespace WHERE p.oid = ${oid})`;
const type = (oid: string): string => `format_type(nullif(${oid}, 0), NULL)`;

/** The operators and functions that belong to an operator family, in the order of their numbers. */
const members = (family: string): string => `concat_ws(', ',
  (SELECT string_agg(format('OPERATOR %s %s', amopstrategy, amopopr::regoperator) || coalesce(' FOR ORDER BY ' || (SELECT opfname FROM pg_opfamily WHERE oid = nullif(amopsortfamily, 0)), ''), ', ' ORDER BY amopstrategy, amopopr::regoperator::text) FROM pg_amop WHERE amopfamily = ${family}),
  (SELECT string_agg(format('FUNCTION %s (%s, %s) %s', amprocnum, ${type('amproclefttype')}, ${type('amprocrighttype')}, amproc::regprocedure), ', ' ORDER BY amprocnum, amproc::regprocedure::text) FROM pg_amproc WHERE amprocfamily = ${family}))`;

/** Operators with what the planner may do with them, their classes and families, and casts. */
export const operators = `
SELECT 'operator' AS kind, what.identity AS name,
       format('CREATE OPERATOR %I.%s (FUNCTION = %s', n.nspname, oprname, oprcode::regproc)
         || ${clause('LEFTARG', type('oprleft'))} || ${clause('RIGHTARG', type('oprright'))}
         || ${clause('COMMUTATOR', operator('o.oprcom'))} || ${clause('NEGATOR', operator('o.oprnegate'))}
         || ${clause('RESTRICT', "nullif(oprrest::text, '-')")} || ${clause('JOIN', "nullif(oprjoin::text, '-')")}
         || CASE WHEN oprcanhash THEN ', HASHES' ELSE '' END || CASE WHEN oprcanmerge THEN ', MERGES' ELSE '' END || ')' AS sql, NULL AS relation
FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace ${described('pg_operator')}
WHERE oprcode <> 0 AND ${projectNamespaces()} AND ${isOurs('pg_operator')}
UNION ALL
SELECT 'operator family', what.identity, 'CREATE OPERATOR FAMILY ' || what.identity || coalesce('; ALTER OPERATOR FAMILY ' || what.identity || ' ADD ' || nullif(${members('o.oid')}, ''), ''), NULL
FROM pg_opfamily o JOIN pg_namespace n ON n.oid = opfnamespace ${described('pg_opfamily')}
WHERE ${projectNamespaces()} AND ${isOurs('pg_opfamily')}
UNION ALL
SELECT 'operator class', what.identity,
       format('CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %s AS STORAGE %s', n.nspname, opcname, CASE WHEN opcdefault THEN ' DEFAULT' ELSE '' END,
         ${type('opcintype')}, amname, (SELECT format('%I.%I', m.nspname, opfname) FROM pg_opfamily f JOIN pg_namespace m ON m.oid = opfnamespace WHERE f.oid = opcfamily),
         coalesce(${type('opckeytype')}, ${type('opcintype')})), NULL
FROM pg_opclass o JOIN pg_am ON pg_am.oid = opcmethod JOIN pg_namespace n ON n.oid = opcnamespace ${described('pg_opclass')}
WHERE ${projectNamespaces()} AND ${isOurs('pg_opclass')}
UNION ALL
SELECT 'cast', what.identity,
       'CREATE CAST ' || what.identity || CASE castmethod WHEN 'f' THEN ' WITH FUNCTION ' || castfunc::regprocedure WHEN 'i' THEN ' WITH INOUT' ELSE ' WITHOUT FUNCTION' END
         || CASE castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END, NULL
FROM pg_cast o ${described('pg_cast')}
-- a range type brings casts of its own
WHERE ${isOurs('pg_cast')} AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass AND i.objid = o.oid AND i.deptype = 'i')`;
