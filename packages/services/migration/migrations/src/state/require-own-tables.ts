import { OpsError } from '@opsgraph/errors';
import { literal } from '@opsgraph/postgres';
import { knexTableName, type MigrationSettings } from '../settings.ts';

/** A relation with the name of one of knex's two tables, and the role of less authority that owns it. */
export interface ForeignTable {
  name: string;
  owner: string;
}

/**
 * SQL that finds knex's tables where the service's role, or a lower role that
 * this session's is no member of, owns them. Whoever owns a table, or a view of
 * its name, chooses what code runs in us when we read or write it: its
 * triggers, policies, defaults, the view's functions.
 */
export function selectForeignTables(settings: MigrationSettings, schemaSql: string): string {
  const table = knexTableName(settings);
  const isApp = settings.appRole === undefined ? 'false' : `o.rolname = ${literal(settings.appRole)}`;
  return `SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name, o.rolname AS owner
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_roles o ON o.oid = c.relowner, pg_catalog.pg_database d
    WHERE n.nspname = ${schemaSql} AND c.relname IN (${literal(table)}, ${literal(`${table}_lock`)})
      AND d.datname = pg_catalog.current_database() AND NOT o.rolsuper AND o.oid <> d.datdba
      AND NOT pg_catalog.pg_has_role(o.oid, current_user, 'MEMBER')
      AND (${isApp} OR NOT pg_catalog.pg_has_role(current_user, o.oid, 'MEMBER'))
    ORDER BY 1`;
}

/** @throws OpsError FOREIGN_RECORDS (77) when there is such a table; nothing was read from it */
export function requireOwnTables(found: readonly ForeignTable[]): void {
  const [first] = found;
  if (first === undefined) return;
  throw new OpsError({
    code: 'FOREIGN_RECORDS',
    exit: 'refused',
    message: `role ${first.owner} owns ${found.map(({ name }) => name).join(' and ')}, so its code could run with our rights; nothing was touched`,
    hint: 'find out who made it; then drop it, or have a superuser make our role its owner (pnpm --filter setup run doctor)',
  });
}
