import { isGlobalOrProject, isOwn, owned } from './owned.ts';
import { projectNamespaces } from './scope.ts';

const grantee = (role: string): string =>
  `CASE ${role} WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(${role})) END`;

/** As GRANT calls what pg_identify_object calls a view, a domain, a server. */
const grantable = `CASE WHEN type IN ('view', 'materialized view', 'foreign table') THEN 'TABLE' WHEN type = 'aggregate' THEN 'FUNCTION'
  WHEN type = 'server' THEN 'FOREIGN SERVER' WHEN type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER' WHEN type = 'domain' THEN 'TYPE' ELSE upper(type) END`;

/** What differs between two lists of privileges: granted beyond the first, or revoked from it. */
const change = (from: string, to: string): string => `
  (SELECT 'GRANT' AS verb, a.grantee, a.privilege_type AS privilege, a.is_grantable AS grantable FROM aclexplode(${to}) a
   EXCEPT SELECT 'GRANT', a.grantee, a.privilege_type, a.is_grantable FROM aclexplode(${from}) a)
  UNION ALL
  (SELECT 'REVOKE', a.grantee, a.privilege_type, false FROM aclexplode(${from}) a
   EXCEPT SELECT 'REVOKE', a.grantee, a.privilege_type, false FROM aclexplode(${to}) a)`;

const statement = (privilege: string, on: string): string =>
  `g.verb || ' ' || ${privilege} || ' ON ' || ${on} || CASE g.verb WHEN 'GRANT' THEN ' TO ' ELSE ' FROM ' END || ${grantee('g.grantee')} || CASE WHEN g.grantable THEN ' WITH GRANT OPTION' ELSE '' END`;

/**
 * What GRANT and REVOKE changed of an object as it was made, one object for
 * each privilege, and the default privileges.
 */
export const privileges = `
WITH owned AS (${owned}),
granted AS (
  SELECT g.*, type, identity, relation, ${grantable} AS "on", catalogue, namespace, owner, letter
  FROM owned LEFT JOIN pg_namespace n ON n.oid = namespace CROSS JOIN LATERAL (${change('acldefault(letter, owner)', 'acl')}) g
  WHERE acl IS NOT NULL AND ${isGlobalOrProject}
)
SELECT 'privilege' AS kind, type || ' ' || identity || ': ' || g.privilege || ' of ' || ${grantee('g.grantee')} AS name,
       ${statement('g.privilege', `g."on" || ' ' || identity`)} AS sql, relation,
       CASE WHEN g.verb = 'GRANT' AND EXISTS (
         SELECT FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(defaclacl) a
         WHERE (d.defaclrole = g.owner OR ${isOwn('d.defaclrole')}) AND d.defaclnamespace IN (0, g.namespace) AND d.defaclobjtype = CASE g.letter WHEN 's' THEN 'S' ELSE g.letter END
           AND a.grantee = g.grantee AND a.privilege_type = g.privilege AND a.is_grantable = g.grantable) THEN 'default privileges' END AS standing
FROM granted g
UNION ALL
SELECT 'privilege', 'schema public: ' || g.privilege || ' of ' || ${grantee('g.grantee')}, ${statement('g.privilege', "'SCHEMA public'")}, NULL, 'setup'
FROM pg_namespace n LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
CROSS JOIN LATERAL (${change("coalesce(i.initprivs, acldefault('n', nspowner))", "coalesce(nspacl, acldefault('n', nspowner))")}) g
WHERE nspname = 'public' AND ${projectNamespaces()}
UNION ALL
SELECT 'privilege', 'column ' || c.oid::regclass || '.' || quote_ident(attname) || ': ' || g.privilege || ' of ' || ${grantee('g.grantee')},
       ${statement(`g.privilege || ' (' || quote_ident(attname) || ')'`, `'TABLE ' || c.oid::regclass`)}, c.oid::regclass::text, NULL
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
CROSS JOIN LATERAL (${change('NULL::aclitem[]', 'attacl')}) g
WHERE attacl IS NOT NULL AND NOT attisdropped AND c.oid >= 16384 AND ${projectNamespaces()}
UNION ALL
SELECT 'default privilege',
       coalesce(quote_ident(n.nspname), 'every schema') || ' ' || s.what || ': ' || g.privilege || ' of ' || ${grantee('g.grantee')} || CASE WHEN ${isOwn('defaclrole')} THEN '' ELSE ' by ' || quote_ident(pg_get_userbyid(defaclrole)) END,
       'ALTER DEFAULT PRIVILEGES' || CASE WHEN ${isOwn('defaclrole')} THEN '' ELSE ' FOR ROLE ' || quote_ident(pg_get_userbyid(defaclrole)) END || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '') || ' ' || ${statement('g.privilege', 's.what')},
       NULL, 'setup'
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = defaclnamespace
CROSS JOIN LATERAL (SELECT CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END AS what) s
CROSS JOIN LATERAL (${change("CASE WHEN defaclnamespace = 0 THEN acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole) ELSE NULL::aclitem[] END", 'defaclacl')}) g
WHERE n.nspname IS NULL OR ${projectNamespaces()}
ORDER BY 1, 2`;
