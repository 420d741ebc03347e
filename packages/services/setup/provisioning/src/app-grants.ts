import { identifier, type Session } from '@opsgraph/postgres';
import type { MigrationTables } from './provisioning.ts';

/** knex's two tables: $2 are their names, $3 the schemas where they may be. */
const isOfMigrations = '(c.relname = ANY ($2::text[]) AND n.nspname = ANY ($3::text[]))';

/** Whether the service's role lacks its rights on schema public, or on tables that later migrations make. */
export async function missingGrants(session: Session, app: string, tables?: MigrationTables): Promise<boolean> {
  const [row] = await session.query<{ complete: boolean }>(
    `SELECT has_schema_privilege($1, 'public', 'USAGE')
        AND EXISTS (SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
                    WHERE d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND d.defaclobjtype = 'r'
                      AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = $1) AND a.privilege_type = 'INSERT')
        AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT ${isOfMigrations}
                          AND NOT (has_table_privilege($1, c.oid, 'SELECT') AND has_table_privilege($1, c.oid, 'INSERT')
                               AND has_table_privilege($1, c.oid, 'UPDATE') AND has_table_privilege($1, c.oid, 'DELETE'))) AS complete`,
    [app, ...placeOf(session, tables)],
  );
  return !row!.complete;
}

/** Rows, not tables: a service that is broken into cannot drop or alter anything. */
export async function grantToApp(session: Session, app: string): Promise<void> {
  const role = identifier(app);
  await session.transaction(async () => {
    await session.execute(`
      GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role};
      ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role};
      ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${role}`);
  });
}

/**
 * What the service's role may write though it is a record of ours: with knex's
 * tables it could stop every deployment, or have a migration run twice. Tables
 * that this session's role may revoke from, in double quotes.
 */
export async function excessGrants(session: Session, app: string, tables?: MigrationTables): Promise<string[]> {
  const rows = await session.query<{ name: string; schema: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND (${isOfMigrations} OR n.nspname = 'ops') AND pg_has_role(c.relowner, 'USAGE')
       AND EXISTS (SELECT FROM aclexplode(c.relacl) a
                   WHERE a.grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1)) AND a.grantee <> c.relowner
                     AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'))
     ORDER BY 1, 2`,
    [app, ...placeOf(session, tables)],
  );
  return rows.map(({ schema, name }) => identifier(schema, name));
}

/** Reading stays: a service may want to know which migrations it has. */
export async function revokeFromApp(session: Session, app: string, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  await session.execute(
    `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${tables.join(', ')} FROM ${identifier(app)}, PUBLIC`,
  );
}

function placeOf(session: Session, tables: MigrationTables | undefined): unknown[] {
  const table = tables?.table ?? 'knex_migrations';
  return [[table, `${table}_lock`], tables?.schema === undefined ? session.server.schemas : [tables.schema]];
}
