import { join } from 'node:path';
import type { Environment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import type { TaskContext } from '@opsgraph/kit';
import type { DeploymentContext, DeploymentSettings, Schema } from '@opsgraph/releases';
import { type Secret, secretUrl } from '@opsgraph/secrets';

type OnDatabase = TaskContext<Record<never, never>, 'database'>;

/** What the services of a deployment get, made of what a task gets. */
export async function deploymentContext(context: OnDatabase): Promise<DeploymentContext> {
  const { session, connection, config, environmentName, run, stateDirectory, signal, talk } = context;
  const settings = await usableSettings(context);
  const url = await applicationUrl(context);
  const { placeOf } = await import('@opsgraph/releases/place');
  return {
    session,
    connection,
    settings,
    environmentName,
    serviceEnvironment: { ...config.deployment?.service.variables, ...(url !== undefined && { DATABASE_URL: url }) },
    run,
    place: await placeOf(stateDirectory),
    signal,
    news: talk.info,
    warn: talk.warn,
  };
}

/** Those of a sandbox with a port that is free on this machine. */
async function usableSettings({ config, environmentName, stateDirectory }: OnDatabase): Promise<DeploymentSettings> {
  const settings = settingsOf(config, environmentName);
  if (!config.sandbox) return settings;
  const { withSandboxPorts } = await import('@opsgraph/releases/sandbox-ports');
  return withSandboxPorts(settings, join(stateDirectory, 'deployment', environmentName));
}

/** @throws OpsError NO_DEPLOYMENT_CONFIGURED (78) */
export function settingsOf({ deployment }: Environment, environmentName: string) {
  if (deployment === undefined) {
    throw new OpsError({
      code: 'NO_DEPLOYMENT_CONFIGURED',
      exit: 'configuration',
      message: `config/${environmentName}.ts does not say where releases go`,
      hint: 'give it a section deployment with hosts and root; docs/deployment.md has examples',
    });
  }
  const { run } = deployment.service;
  const service = { ...deployment.service, run: run.length === 0 ? undefined : run };
  return { ...deployment, service } satisfies DeploymentSettings;
}

/** Which migrations the target has, and which `migrate` would apply. */
export async function readSchema({ session, config, projectRoot }: OnDatabase): Promise<Schema> {
  const { planMigrations } = await import('@opsgraph/migrations');
  const { applied, pending } = await planMigrations(session, { ...config.migrations, projectRoot });
  return {
    applied: applied.map(({ stem }) => stem),
    pending: pending.map(({ stem }) => stem),
    contents: pending.map(({ sha256 }) => sha256),
  };
}

/** The service logs in as its own role, never as the owner of the tables. */
async function applicationUrl({ config, connection, signal }: OnDatabase): Promise<Secret | undefined> {
  const { app } = config.database.roles;
  if (app === undefined || !app.password.isSet) return undefined;
  const url = new URL(connection.url.reveal());
  url.username = encodeURIComponent(app.name);
  url.password = encodeURIComponent((await app.password.resolve(signal)).reveal());
  return secretUrl('DATABASE_URL of the service', url.href);
}
