import { serverHas } from '@opsgraph/postgres';
import { notOfExtension, projectNamespaces, qualified } from './scope.ts';

const isOurs = (catalogue: string): string => `o.oid >= 16384 AND ${notOfExtension(catalogue, 'o.oid')}`;
const handler = (word: string, column: string): string => `coalesce(' ${word} ' || nullif(${column}, 0)::regproc, '')`;
const options = (column: string): string =>
  `coalesce(' OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ' ORDER BY option_name) FROM pg_options_to_table(${column})) || ')', '')`;

/** What is in no schema: languages, foreign servers, event triggers and the like. Values of user mappings are secrets. */
export const wholeDatabase = `
SELECT 'language' AS kind, quote_ident(lanname) AS name,
       'CREATE ' || CASE WHEN lanpltrusted THEN 'TRUSTED ' ELSE '' END || 'LANGUAGE ' || quote_ident(lanname) || ${handler('HANDLER', 'lanplcallfoid')} || ${handler('INLINE', 'laninline')} || ${handler('VALIDATOR', 'lanvalidator')} AS sql, NULL AS relation
FROM pg_language o WHERE ${isOurs('pg_language')}
UNION ALL
SELECT 'access method', quote_ident(amname), format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', amname, CASE amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, amhandler), NULL
FROM pg_am o WHERE ${isOurs('pg_am')}
UNION ALL
SELECT 'transform', what.identity, 'CREATE TRANSFORM ' || what.identity || ' (' || concat_ws(', ', 'FROM SQL WITH FUNCTION ' || nullif(trffromsql, 0)::regprocedure, 'TO SQL WITH FUNCTION ' || nullif(trftosql, 0)::regprocedure) || ')', NULL
FROM pg_transform o CROSS JOIN LATERAL pg_identify_object('pg_transform'::regclass, o.oid, 0) what WHERE ${isOurs('pg_transform')}
UNION ALL
SELECT 'foreign data wrapper', quote_ident(fdwname), 'CREATE FOREIGN DATA WRAPPER ' || quote_ident(fdwname) || ${handler('HANDLER', 'fdwhandler')} || ${handler('VALIDATOR', 'fdwvalidator')} || ${options('fdwoptions')}, NULL
FROM pg_foreign_data_wrapper o WHERE ${isOurs('pg_foreign_data_wrapper')}
UNION ALL
SELECT 'foreign server', quote_ident(srvname),
       'CREATE SERVER ' || quote_ident(srvname) || coalesce(' TYPE ' || quote_literal(srvtype), '') || coalesce(' VERSION ' || quote_literal(srvversion), '') || ' FOREIGN DATA WRAPPER ' || quote_ident(fdwname) || ${options('srvoptions')}, NULL
FROM pg_foreign_server o JOIN pg_foreign_data_wrapper f ON f.oid = srvfdw WHERE ${isOurs('pg_foreign_server')}
UNION ALL
SELECT 'user mapping', quote_ident(srvname) || ' for ' || CASE umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(usename) END,
       'CREATE USER MAPPING FOR ' || CASE umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(usename) END || ' SERVER ' || quote_ident(srvname), NULL
FROM pg_user_mappings
UNION ALL
SELECT 'event trigger', quote_ident(evtname),
       format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()', evtname, evtevent, (SELECT ' WHEN TAG IN (' || string_agg(quote_literal(tag), ', ' ORDER BY tag) || ')' FROM unnest(evttags) tag), evtfoid::regproc)
         || CASE evtenabled WHEN 'O' THEN '' ELSE format('; ALTER EVENT TRIGGER %I %s', evtname, CASE evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END) END, NULL
FROM pg_event_trigger o WHERE ${isOurs('pg_event_trigger')}`;

/** Publications with what they publish. */
export function publications(version: number): string {
  const hasDetails = serverHas(version, 'publication details');
  return `
SELECT 'publication' AS kind, quote_ident(pubname) AS name,
       format('CREATE PUBLICATION %I%s WITH (publish = %L, publish_via_partition_root = %s)', pubname, CASE WHEN puballtables THEN ' FOR ALL TABLES' ELSE '' END,
         concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END, CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END), CASE WHEN pubviaroot THEN 'true' ELSE 'false' END)
         || CASE to_jsonb(o)->>'pubgencols' WHEN 's' THEN '; ALTER PUBLICATION ' || quote_ident(pubname) || ' SET (publish_generated_columns = stored)' ELSE '' END AS sql, NULL AS relation
FROM pg_publication o WHERE ${isOurs('pg_publication')}
UNION ALL
SELECT 'publication', quote_ident(pubname) || ': ' || c.oid::regclass,
       format('ALTER PUBLICATION %I ADD TABLE ONLY %s', pubname, c.oid::regclass)${
         hasDetails
           ? ` || coalesce(' (' || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = prrelid AND attnum = ANY (prattrs)) || ')', '') || coalesce(' WHERE (' || pg_get_expr(prqual, prrelid) || ')', '')`
           : ''
       }, ${qualified('n.nspname', 'c.relname')}
FROM pg_publication_rel JOIN pg_publication o ON o.oid = prpubid JOIN pg_class c ON c.oid = prrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE ${projectNamespaces()} AND ${isOurs('pg_publication')}${
    hasDetails
      ? `
UNION ALL
SELECT 'publication', quote_ident(pubname) || ': schema ' || quote_ident(nspname), format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I', pubname, nspname), NULL
FROM pg_publication_namespace JOIN pg_publication o ON o.oid = pnpubid JOIN pg_namespace n ON n.oid = pnnspid
WHERE ${projectNamespaces()} AND ${isOurs('pg_publication')}`
      : ''
  }`;
}
