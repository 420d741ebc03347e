/** What the owner of a column can set; a server keeps marks of its own beside them. */
const ofColumns = ['n_distinct', 'n_distinct_inherited'];

/** Of tables, materialized views and the TOAST tables of both. */
const ofTables = [
  'autovacuum_analyze_scale_factor',
  'autovacuum_analyze_threshold',
  'autovacuum_enabled',
  'autovacuum_freeze_max_age',
  'autovacuum_freeze_min_age',
  'autovacuum_freeze_table_age',
  'autovacuum_multixact_freeze_max_age',
  'autovacuum_multixact_freeze_min_age',
  'autovacuum_multixact_freeze_table_age',
  'autovacuum_vacuum_cost_delay',
  'autovacuum_vacuum_cost_limit',
  'autovacuum_vacuum_insert_scale_factor',
  'autovacuum_vacuum_insert_threshold',
  'autovacuum_vacuum_max_threshold',
  'autovacuum_vacuum_scale_factor',
  'autovacuum_vacuum_threshold',
  'fillfactor',
  'log_autovacuum_min_duration',
  'parallel_workers',
  'toast_tuple_target',
  'user_catalog_table',
  'vacuum_index_cleanup',
  'vacuum_max_eager_freeze_failure_rate',
  'vacuum_truncate',
];

const ofViews = ['check_option', 'security_barrier', 'security_invoker'];

/** Of the access methods that come with the server. */
const ofIndexes = [
  'autosummarize',
  'buffering',
  'deduplicate_items',
  'fastupdate',
  'fillfactor',
  'gin_pending_list_limit',
  'pages_per_range',
];

/** Those of the access methods of extensions are theirs to name. */
const comesWithServer = (method: string): string =>
  `(${method} = 0 OR EXISTS (SELECT FROM pg_am m WHERE m.oid = ${method} AND m.oid < 16384))`;

const isKnown = (names: readonly string[]): string =>
  `split_part(o, '=', 1) IN (${names.map((name) => `'${name}'`).join(', ')})`;

const list = (options: string, condition: string, prefix = ''): string =>
  `(SELECT string_agg('${prefix}' || o, ', ' ORDER BY o) FROM unnest(${options}) o WHERE ${condition})`;

/** The options of pg_attribute row `a`, as `n_distinct=5`; NULL for none. */
export const columnOptions = (a: string): string => list(`${a}.attoptions`, isKnown(ofColumns));

/** Those of pg_class row `c`, a table or view. */
export const relationOptions = (c: string, prefix = ''): string =>
  list(
    `${c}.reloptions`,
    `CASE WHEN ${c}.relkind = 'v' THEN ${isKnown(ofViews)} WHEN ${comesWithServer(`${c}.relam`)} THEN ${isKnown(ofTables)} ELSE true END`,
    prefix,
  );

const isKnownOfIndex = (x: string): string => `NOT ${comesWithServer(`${x}.relam`)} OR ${isKnown(ofIndexes)}`;

/** Those of pg_class row `x`, an index. */
export const indexOptions = (x: string): string => list(`${x}.reloptions`, isKnownOfIndex(x));

/** SQL `definition` as the server writes it, with the known options of index `x` only; unchanged where `x` is NULL. */
export const withKnownOptions = (definition: string, x: string): string => {
  const written = (condition: string, order: string): string =>
    `(SELECT ' WITH (' || string_agg(split_part(o, '=', 1) || '=' || CASE WHEN quote_ident(v) = v THEN v ELSE quote_literal(v) END, ', ' ORDER BY ${order}) || ')'
      FROM unnest(${x}.reloptions) WITH ORDINALITY AS u (o, place) CROSS JOIN LATERAL substr(o, strpos(o, '=') + 1) v WHERE ${condition})`;
  return `coalesce(replace(${definition}, ${written('true', 'place')}, coalesce(${written(isKnownOfIndex(x), 'o')}, '')), ${definition})`;
};
