import { isGlobalOrProject, isOwn, keyword, owned } from './owned.ts';

/** Owners that are not the project's own: who that is differs between environments. */
export const owners = `
WITH owned AS (${owned})
SELECT 'owner' AS kind, type || ' ' || identity AS name,
       'ALTER ' || ${keyword('type')} || ' ' || identity || ' OWNER TO ' || quote_ident(pg_get_userbyid(owner)) AS sql, relation
FROM owned LEFT JOIN pg_namespace n ON n.oid = namespace
-- a sequence that belongs to a column has the owner of its table
WHERE ${isGlobalOrProject} AND NOT ${isOwn('owner')} AND NOT (type = 'sequence' AND EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = owned.oid AND d.deptype IN ('a', 'i')))
ORDER BY 2`;
