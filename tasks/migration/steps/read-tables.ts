import type { KnownTable } from '@opsgraph/migration-lint';
import type { Session } from '@opsgraph/postgres';

/** The tables of the target, for what can be done to them beside running code. */
export function readTables(session: Session): Promise<KnownTable[]> {
  return session.query<KnownTable>(
    `SELECT nspname AS schema, relname AS name, relkind = 'p' AS "isPartitioned"
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'`,
  );
}
