import { identifier, type Session } from '@opsgraph/postgres';

/** Whether the service's role lacks its rights on schema public, or on tables that later migrations make. */
export async function missingGrants(session: Session, app: string): Promise<boolean> {
  const [row] = await session.query<{ complete: boolean }>(
    `SELECT has_schema_privilege($1, 'public', 'USAGE')
        AND EXISTS (SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
                    WHERE d.defaclrole = current_user::regrole AND d.defaclobjtype = 'r' AND a.grantee = $1::regrole AND a.privilege_type = 'INSERT')
        AND NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                        AND NOT (has_table_privilege($1, c.oid, 'SELECT') AND has_table_privilege($1, c.oid, 'INSERT')
                             AND has_table_privilege($1, c.oid, 'UPDATE') AND has_table_privilege($1, c.oid, 'DELETE'))) AS complete`,
    [app],
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
