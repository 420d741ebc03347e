import { projectNamespaces } from './scope.ts';

/** Catalogues whose objects have an owner: the columns of namespace, owner and privileges, and the letter of their default. */
const catalogues = [
  [
    'pg_class',
    'relnamespace',
    'relowner',
    'relacl',
    "CASE relkind WHEN 'S' THEN 's' ELSE 'r' END",
    "relkind IN ('r', 'p', 'f', 'v', 'm', 'S')",
  ],
  ['pg_proc', 'pronamespace', 'proowner', 'proacl', "'f'", 'true'],
  [
    'pg_type',
    'typnamespace',
    'typowner',
    'typacl',
    "'T'",
    "(typtype IN ('e', 'r', 'd') OR typtype = 'b' AND typelem = 0 OR typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c'))",
  ],
  ['pg_namespace', '0', 'nspowner', 'nspacl', "'n'", "nspname <> 'public'"],
  ['pg_language', '0', 'lanowner', 'lanacl', "'l'", 'true'],
  ['pg_foreign_data_wrapper', '0', 'fdwowner', 'fdwacl', "'F'", 'true'],
  ['pg_foreign_server', '0', 'srvowner', 'srvacl', "'S'", 'true'],
  ['pg_event_trigger', '0', 'evtowner', 'NULL', 'NULL', 'true'],
  ['pg_publication', '0', 'pubowner', 'NULL', 'NULL', 'true'],
  ['pg_operator', 'oprnamespace', 'oprowner', 'NULL', 'NULL', 'true'],
  ['pg_opclass', 'opcnamespace', 'opcowner', 'NULL', 'NULL', 'true'],
  ['pg_opfamily', 'opfnamespace', 'opfowner', 'NULL', 'NULL', 'true'],
  ['pg_collation', 'collnamespace', 'collowner', 'NULL', 'NULL', 'true'],
  ['pg_conversion', 'connamespace', 'conowner', 'NULL', 'NULL', 'true'],
  ['pg_ts_dict', 'dictnamespace', 'dictowner', 'NULL', 'NULL', 'true'],
  ['pg_ts_config', 'cfgnamespace', 'cfgowner', 'NULL', 'NULL', 'true'],
  ['pg_statistic_ext', 'stxnamespace', 'stxowner', 'NULL', 'NULL', 'true'],
] as const;

/** Every object that has an owner and came neither with the server nor with an extension or another object. */
export const owned = catalogues
  .map(
    ([catalogue, namespace, owner, acl, letter, condition]) =>
      `SELECT '${catalogue}'::regclass AS catalogue, c.oid, ${namespace}::oid AS namespace, ${owner} AS owner, ${acl}::aclitem[] AS acl, (${letter})::"char" AS letter,
              what.type, what.identity, ${catalogue === 'pg_class' ? "CASE WHEN relkind <> 'S' THEN c.oid::regclass::text END" : catalogue === 'pg_statistic_ext' ? 'stxrelid::regclass::text' : 'NULL'} AS relation
       FROM ${catalogue} c CROSS JOIN LATERAL pg_identify_object('${catalogue}'::regclass, c.oid, 0) what
       WHERE c.oid >= 16384 AND ${condition}
         AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = c.oid AND e.deptype IN ('e'${catalogue === 'pg_class' ? '' : ", 'i'"}))`,
  )
  .join('\nUNION ALL\n');

/** For SQL behind `owned LEFT JOIN pg_namespace n`; languages, servers and the like are in no namespace. */
export const isGlobalOrProject = `(namespace = 0 AND (catalogue <> 'pg_namespace'::regclass OR (identity !~ '^pg_' AND identity <> ALL ($1))) OR ${projectNamespaces()})`;

/**
 * The project's own: who owns the ledger, who owns the database, who asks. They are
 * called otherwise in each environment, so they are not told apart.
 */
export const isOwn = (role: string): string =>
  `(${role} IN (SELECT nspowner FROM pg_namespace WHERE nspname = 'ops' UNION SELECT datdba FROM pg_database WHERE datname = current_database()
     UNION SELECT r.oid FROM pg_roles r WHERE rolname = current_user))`;

/** What pg_identify_object calls an object, as SQL writes it. */
export const keyword = (type: string): string =>
  `CASE ${type} WHEN 'statistics object' THEN 'STATISTICS' WHEN 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER' ELSE upper(${type}) END`;
