import type { Environment } from '@opsgraph/config';
import { type Change, type TaskContext, type TaskReport, targetConnection } from '@opsgraph/kit';

type Context = TaskContext<Record<never, never>, 'config'>;

/**
 * From whatever stands to a database that knows its environment: starts the
 * embedded server where one is configured, creates roles and database, brings
 * the ledger up to date and sets the marker.
 */
export async function prepareDatabase(context: Context, config: Environment): Promise<TaskReport> {
  const { planProvisioning, provisionDatabase } = await import('@opsgraph/provisioning');
  const { dryRun, environmentName, stateDirectory, signal, run } = context;
  const { embedded, url, adminUrl, roles } = config.database;
  const isEmbedded = embedded !== undefined && url?.isSet !== true;
  const server = isEmbedded ? await startEmbedded(context) : undefined;
  if (server?.wouldStart) return { summary: 'the embedded PostgreSQL would be created', changes: server.changes };

  const place = { applicationName: `ops setup ${run.id}`, stateDirectory, signal };
  const input = {
    target: await targetConnection(config, place),
    adminUrl: server?.url ?? (adminUrl?.isSet ? await adminUrl.resolve(signal) : undefined),
    app: roles.app?.password.isSet
      ? { name: roles.app.name, password: await roles.app.password.resolve(signal) }
      : undefined,
    mayResetPasswords: isEmbedded,
    ownerMakesDatabases: isEmbedded,
    environment: environmentName,
    by: `${run.actor} (run ${run.id})`,
  };
  const steps = dryRun ? await planProvisioning(input) : await provisionDatabase(input);
  const changes: Change[] = [...(server?.changes ?? []), ...steps];
  const target = new URL(input.target.url.reveal());
  const where = `${decodeURIComponent(target.pathname.slice(1))} at ${target.host}`;
  const report = { summary: `${where} is ready for ${environmentName}`, changes };
  if (dryRun) return { ...report, summary: steps.length === 0 ? report.summary : `${where} would be made ready` };
  // Through the guard, so that what was done is recorded where it was done.
  return context.onTarget(async () => report, { config });
}

interface Embedded {
  url?: Awaited<ReturnType<typeof import('@opsgraph/local-postgres')['ensureLocalPostgres']>>['url'];
  changes: Change[];
  wouldStart: boolean;
}

async function startEmbedded({ dryRun, stateDirectory, projectRoot, signal, talk }: Context): Promise<Embedded> {
  const { describeLocalPostgres, ensureLocalPostgres } = await import('@opsgraph/local-postgres');
  if (dryRun && !(await describeLocalPostgres({ stateDirectory, projectRoot })).running) {
    return { changes: [{ action: 'start', object: 'the embedded PostgreSQL' }], wouldStart: true };
  }
  const server = await ensureLocalPostgres({ stateDirectory, projectRoot, signal, onProgress: talk.info });
  for (const { checkout, home } of server.abandoned)
    talk.info(`the data of ${checkout}, which is gone, is still in ${home}`);
  const changes = server.done.map((fact) => ({ action: 'start', object: `PostgreSQL ${server.version}: ${fact}` }));
  return { url: server.url, changes, wouldStart: false };
}
