import type { Environment } from '@opsgraph/config';
import type { targetConnection } from '@opsgraph/kit/target-connection';
import { reviewAuthority, type Weakness } from '@opsgraph/provisioning';

/** Through what a role of less authority could act as the owner of this database. */
export async function weaknesses(
  connection: Awaited<ReturnType<typeof targetConnection>>,
  { database, migrations }: Pick<Environment, 'database' | 'migrations'>,
): Promise<Weakness[]> {
  const { tableName: table, schemaName, searchPath } = migrations;
  const migrationTables = { schema: schemaName ?? searchPath?.[0], table };
  return reviewAuthority(connection, { app: database.roles.app?.name, migrationTables });
}
