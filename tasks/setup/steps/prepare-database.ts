import type { Configuration } from '@opsgraph/config';
import type { TaskContext, TaskReport } from '@opsgraph/kit';
import { targetConnection } from '@opsgraph/kit/target-connection';
import { requireAppPassword } from './require-app-password.ts';
import { startEmbedded } from './start-embedded.ts';

export const adopt = {
  type: 'string',
  value: 'DATABASE',
  description: 'Mark this database although it already has objects; its name',
} as const;

type Context = TaskContext<Record<never, never>, 'config', 'migrations'>;

/**
 * From whatever stands to a database that knows its environment: starts the
 * embedded server where one is configured, creates roles and database, brings
 * the ledger up to date and sets the marker.
 */
export async function prepareDatabase(
  context: Context,
  given: Configuration<'migrations'>,
  adopted: string | undefined,
): Promise<TaskReport> {
  const { planNewServer, planProvisioning, provisionDatabase } = await import('@opsgraph/provisioning');
  const { findChapters } = await import('@opsgraph/ledger');
  const { dryRun, environmentName, stateDirectory, signal, run } = context;
  const { embedded, url, adminUrl, roles } = given.database;
  const isEmbedded = embedded !== undefined && url?.isSet !== true;
  const server = isEmbedded ? await startEmbedded(context) : undefined;
  if (server?.state === 'stopped')
    return { summary: 'the embedded PostgreSQL would be started, and then looked into', changes: server.changes };
  if (isEmbedded && server?.state === 'missing') {
    const steps = planNewServer({ ...embedded, app: roles.app?.name, environment: environmentName });
    return { summary: 'the embedded PostgreSQL would be created', changes: [...server.changes, ...steps] };
  }

  const config = isEmbedded && dryRun ? await withStandIns(given) : given;
  const { app } = config.database.roles;
  requireAppPassword(config, environmentName);
  const { tableName: table, schemaName, searchPath } = config.migrations;
  const input = {
    target: await targetConnection(config, { applicationName: `ops setup ${run.id}`, stateDirectory, signal }),
    adminUrl: server?.url ?? (adminUrl?.isSet ? await adminUrl.resolve(signal) : undefined),
    app: app && { name: app.name, password: await app.password.resolve(signal) },
    mayResetPasswords: isEmbedded,
    ownerMakesDatabases: isEmbedded,
    environment: environmentName,
    chapters: await findChapters(),
    adopt: adopted,
    migrationTables: { schema: schemaName ?? searchPath?.[0], table },
    by: `${run.actor} (run ${run.id})`,
  };
  const steps = dryRun ? await planProvisioning(input) : await provisionDatabase(input);
  const { readParts } = await import('@opsgraph/postgres');
  const { database, host } = readParts(input.target.url);
  const where = `${database} at ${host}`;
  const report = {
    summary: `${where} ${dryRun && steps.length > 0 ? 'would be made' : 'is'} ready for ${environmentName}`,
    changes: [...(server?.changes ?? []), ...steps],
  };
  const { weaknesses } = await import('./weaknesses.ts');
  if (!dryRun) {
    for (const { fact, remedy } of await weaknesses(input.target, config)) context.talk.warn(`${fact}; ${remedy}`);
  }
  // Through the guard, so that what was done is recorded where it was done.
  return dryRun ? report : context.onTarget(async () => report, { config });
}

/** The secrets that a dry run has not made; any others lead to the same plan. */
async function withStandIns<Config extends Configuration>(config: Config): Promise<Config> {
  const { standInUnlessSet } = await import('@opsgraph/config');
  const { database } = config;
  const { embedded, roles } = database;
  return {
    ...config,
    database: {
      ...database,
      embedded: embedded && { ...embedded, ownerPassword: standInUnlessSet(embedded.ownerPassword) },
      roles: { app: roles.app && { ...roles.app, password: standInUnlessSet(roles.app.password) } },
    },
  };
}
