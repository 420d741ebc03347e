import { notOfExtension, projectNamespaces, qualified } from './scope.ts';

const named = (catalogue: string, namespace: string, name: string, oid: string): string =>
  `(SELECT ${qualified('m.nspname', `x.${name}`)} FROM ${catalogue} x JOIN pg_namespace m ON m.oid = x.${namespace} WHERE x.oid = ${oid})`;
const inScope = (catalogue: string): string => `${projectNamespaces()} AND ${notOfExtension(catalogue, 'o.oid')}`;
/** Columns that not every version has. */
const maybe = (column: string): string => `to_jsonb(o)->>'${column}'`;

/** How text is compared, converted and searched. */
export const texts = `
SELECT 'collation' AS kind, ${qualified('nspname', 'collname')} AS name,
       'CREATE COLLATION ' || ${qualified('nspname', 'collname')} || ' (' || concat_ws(', ',
         'PROVIDER = ' || CASE collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END,
         CASE WHEN NOT collisdeterministic THEN 'DETERMINISTIC = false' END,
         'LOCALE = ' || quote_literal(coalesce(${maybe('colllocale')}, ${maybe('colliculocale')}, CASE WHEN collcollate = collctype THEN collcollate END)),
         CASE WHEN collcollate <> collctype THEN format('LC_COLLATE = %L, LC_CTYPE = %L', collcollate, collctype) END,
         'RULES = ' || quote_literal(coalesce(${maybe('collicurules')}))) || ')' AS sql, NULL AS relation
FROM pg_collation o JOIN pg_namespace n ON n.oid = collnamespace WHERE ${inScope('pg_collation')}
UNION ALL
SELECT 'conversion', ${qualified('nspname', 'conname')},
       format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s', CASE WHEN condefault THEN 'DEFAULT ' ELSE '' END, nspname, conname, pg_encoding_to_char(conforencoding), pg_encoding_to_char(contoencoding), conproc::regproc), NULL
FROM pg_conversion o JOIN pg_namespace n ON n.oid = connamespace WHERE ${inScope('pg_conversion')}
UNION ALL
SELECT 'text search parser', ${qualified('nspname', 'prsname')},
       format('CREATE TEXT SEARCH PARSER %I.%I (START = %s, GETTOKEN = %s, END = %s, LEXTYPES = %s%s)', nspname, prsname, prsstart, prstoken, prsend, prslextype, coalesce(', HEADLINE = ' || nullif(prsheadline::text, '-'), '')), NULL
FROM pg_ts_parser o JOIN pg_namespace n ON n.oid = prsnamespace WHERE ${inScope('pg_ts_parser')}
UNION ALL
SELECT 'text search template', ${qualified('nspname', 'tmplname')},
       format('CREATE TEXT SEARCH TEMPLATE %I.%I (%sLEXIZE = %s)', nspname, tmplname, coalesce('INIT = ' || nullif(tmplinit::text, '-') || ', ', ''), tmpllexize), NULL
FROM pg_ts_template o JOIN pg_namespace n ON n.oid = tmplnamespace WHERE ${inScope('pg_ts_template')}
UNION ALL
SELECT 'text search dictionary', ${qualified('nspname', 'dictname')},
       'CREATE TEXT SEARCH DICTIONARY ' || ${qualified('nspname', 'dictname')} || ' (TEMPLATE = ' || ${named('pg_ts_template', 'tmplnamespace', 'tmplname', 'dicttemplate')} || coalesce(', ' || dictinitoption, '') || ')', NULL
FROM pg_ts_dict o JOIN pg_namespace n ON n.oid = dictnamespace WHERE ${inScope('pg_ts_dict')}
UNION ALL
SELECT 'text search configuration', ${qualified('nspname', 'cfgname')},
       'CREATE TEXT SEARCH CONFIGURATION ' || ${qualified('nspname', 'cfgname')} || ' (PARSER = ' || ${named('pg_ts_parser', 'prsnamespace', 'prsname', 'cfgparser')} || ')'
         || coalesce((SELECT string_agg(format('; ALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s', nspname, cfgname, alias, dicts), '' ORDER BY alias)
            FROM (SELECT (SELECT alias FROM ts_token_type(cfgparser) WHERE tokid = maptokentype) AS alias, string_agg(${named('pg_ts_dict', 'dictnamespace', 'dictname', 'mapdict')}, ', ' ORDER BY mapseqno) AS dicts
                  FROM pg_ts_config_map WHERE mapcfg = o.oid GROUP BY maptokentype) AS map), ''), NULL
FROM pg_ts_config o JOIN pg_namespace n ON n.oid = cfgnamespace WHERE ${inScope('pg_ts_config')}`;
