import { type ConnectionSettings, identifier, type Session, withSession } from '@opsgraph/postgres';
import { excessGrants } from './app-grants.ts';
import type { MigrationTables } from './provisioning.ts';

interface Subject {
  /** The role of the service. */
  app: string | undefined;
  migrationTables: MigrationTables;
}

export interface Weakness {
  fact: string;
  remedy: string;
}

/** Roles that could not do as this session's role does anyway. */
const lower = `lower AS (
  SELECT r.oid, r.rolname FROM pg_roles r, pg_roles u, pg_database d
  WHERE u.rolname = current_user AND d.datname = current_database()
    AND NOT r.rolsuper AND r.oid <> u.oid AND r.oid <> d.datdba AND NOT pg_has_role(r.oid, u.oid, 'MEMBER') AND r.rolname NOT LIKE 'pg\\_%')`;

/**
 * Through what a role of less authority could act as the owner of the
 * database: functions it may put on the owner's search_path, or has put there
 * in place of PostgreSQL's own, and records of ours that it may write. Reads only.
 */
export async function reviewAuthority(connection: ConnectionSettings, subject: Subject): Promise<Weakness[]> {
  return withSession({ ...connection, ownSqlOnly: true }, (session) => review(session, subject));
}

async function review(session: Session, { app, migrationTables }: Subject): Promise<Weakness[]> {
  const { schemas, user } = session.server;
  const creators = await session.query<{ schema: string; role: string }>(
    `WITH ${lower}
     SELECT n.nspname AS schema, 'PUBLIC' AS role FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
     WHERE n.nspname = ANY ($1::text[]) AND a.grantee = 0 AND a.privilege_type = 'CREATE'
     UNION ALL
     SELECT n.nspname, l.rolname FROM pg_namespace n, lower l
     WHERE n.nspname = ANY ($1::text[]) AND has_schema_privilege(l.oid, n.oid, 'CREATE') AND NOT EXISTS (
       SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
     ORDER BY 1, 2`,
    [[...schemas, 'ops']],
  );
  const shadows = await session.query<{ name: string; role: string }>(
    `WITH ${lower}
     SELECT 'function ' || p.oid::regprocedure::text AS name, l.rolname AS role
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN lower l ON l.oid = p.proowner
     WHERE n.nspname = ANY ($1::text[]) AND EXISTS (
       SELECT FROM pg_proc o WHERE o.proname = p.proname AND o.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pg_catalog'))
     UNION ALL
     SELECT 'operator ' || p.oid::regoperator::text, l.rolname
     FROM pg_operator p JOIN pg_namespace n ON n.oid = p.oprnamespace JOIN lower l ON l.oid = p.oprowner
     WHERE n.nspname = ANY ($1::text[])
     ORDER BY 1 LIMIT 20`,
    [schemas],
  );
  const { table, schema } = migrationTables;
  const owned = await session.query<{ name: string; role: string }>(
    `WITH ${lower}
     SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, l.rolname AS role
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN lower l ON l.oid IN (c.relowner, n.nspowner)
     WHERE c.relkind IN ('r', 'p') AND (n.nspname = 'ops' OR l.oid = c.relowner AND c.relname = ANY ($1::text[]) AND n.nspname = ANY ($2::text[]))
     ORDER BY 1, 2 LIMIT 20`,
    [[table, `${table}_lock`], schema === undefined ? schemas : [schema]],
  );
  const excess = app === undefined ? [] : await excessGrants(session, app, migrationTables);
  return [
    ...creators.map(({ schema, role }) => ({
      fact: `${role} may create functions in schema ${schema}, which code run as ${user} may call`,
      remedy: `as the owner of the schema: REVOKE CREATE ON SCHEMA ${schema} FROM ${role}`,
    })),
    ...shadows.map(({ name, role }) => ({
      fact: `${name} of role ${role} may be called in place of PostgreSQL's own, with the rights of ${user}`,
      remedy: `find out who made it; then: DROP ${name.replace(/^\w+/, (kind) => kind.toUpperCase())}`,
    })),
    ...owned.map(({ name, role }) => ({
      fact: `${name}, a record of what was done to this database, belongs to role ${role}`,
      remedy: `as a superuser: ALTER TABLE ${name} OWNER TO ${identifier(user)}, and its schema`,
    })),
    ...excess.map((written) => ({
      fact: `role ${app} may write ${written}, a record of what was done to this database`,
      remedy: 'pnpm --filter setup run database, with --env for another environment than local',
    })),
  ];
}
