/** The oldest major version that the tasks work with. */
export const oldestServer = 14;

/** What differs between the versions of PostgreSQL, and the major version that brought it. */
const since = {
  MERGE: 15,
  'NULLS NOT DISTINCT': 15,
  /** Publications with schemas, lists of columns and conditions. */
  'publication details': 15,
  /** Of views: with the rights of who asks. */
  security_invoker: 15,
  /** pg_input_is_valid and pg_input_error_info. */
  'input checks': 16,
  /** The same order of strings on every machine, by the server's own locale. */
  'builtin locales': 17,
  /** The privilege to vacuum, reindex and the like. */
  MAINTAIN: 17,
  'MERGE … RETURNING': 17,
  transaction_timeout: 17,
  'NOT ENFORCED': 18,
  /** A table's NOT NULL with a name and NOT VALID. */
  'NOT NULL constraints': 18,
  'NOT VALID foreign keys of partitioned tables': 18,
  'VIRTUAL generated columns': 18,
  'WITHOUT OVERLAPS': 18,
  'generated columns in publications': 18,
  /** autovacuum_vacuum_max_threshold, vacuum_max_eager_freeze_failure_rate. */
  'vacuum limits': 18,
} as const;

export type ServerFeature = keyof typeof since;

/** @param version server_version_num: 180004 */
export function serverHas(version: number, feature: ServerFeature): boolean {
  return version >= since[feature] * 10_000;
}

/** The major version that brought it. */
export function firstServerWith(feature: ServerFeature): number {
  return since[feature];
}
