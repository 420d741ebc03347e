import { join } from 'node:path';
import type { Environment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import type { TaskContext } from '@opsgraph/kit';
import type { ConnectionSettings } from '@opsgraph/postgres';
import type { DeploymentContext, DeploymentSettings, HostsContext } from '@opsgraph/releases';
import { type Secret, secretUrl } from '@opsgraph/secrets';

type OnConfig = Omit<TaskContext<Record<never, never>, 'config', 'deployment'>, 'onTarget'>;
type OnDatabase = TaskContext<Record<never, never>, 'database', 'deployment'>;

/**
 * What the services of a deployment get, made of what a task gets.
 *
 * @param starts whether a service may be started: then the secrets among its variables are fetched
 */
export async function deploymentContext(
  context: OnDatabase,
  { starts }: { starts: boolean },
): Promise<DeploymentContext> {
  const { session, connection } = context;
  return { ...(await hostsContext(context, connection, { starts })), session, connection };
}

/** The same where the database cannot be reached: what it takes to work on the hosts alone. */
export async function hostsContext(
  context: OnConfig,
  connection: Pick<ConnectionSettings, 'url'>,
  { starts }: { starts: boolean },
): Promise<HostsContext> {
  const { config, environmentName, projectRoot, run, stateDirectory, signal, talk } = context;
  const { loadApplication } = await import('@opsgraph/config');
  const { name: application } = await loadApplication(projectRoot);
  const settings = await usableSettings(context);
  const url = await applicationUrl(context, connection);
  const values = starts ? await serviceValues(config.deployment?.service.variables ?? {}, signal) : () => ({});
  const { placeOf } = await import('@opsgraph/releases/place');
  return {
    settings,
    environmentName,
    application,
    serviceEnvironment: {
      get values() {
        return values();
      },
      current: url === undefined ? {} : { DATABASE_URL: url },
    },
    run,
    place: await placeOf(stateDirectory),
    signal,
    info: talk.info,
    warn: talk.warn,
  };
}

/** Those of a sandbox with a port that is free on this machine. */
export async function usableSettings({
  config,
  environmentName,
  stateDirectory,
}: OnConfig): Promise<DeploymentSettings> {
  const settings = settingsOf(config, environmentName);
  if (!config.sandbox) return settings;
  const { withSandboxPorts } = await import('@opsgraph/releases/sandbox-ports');
  return withSandboxPorts(settings, join(stateDirectory, 'deployment', environmentName));
}

/**
 * With the secrets. One that cannot be had is missed by who starts a service by the configuration, and not by who goes
 * back to settings that are on the hosts: the vault may be what is down.
 */
async function serviceValues(
  variables: NonNullable<Environment['deployment']>['service']['variables'],
  signal: AbortSignal,
): Promise<() => Record<string, string | Secret>> {
  const values: Record<string, string | Secret> = {};
  try {
    for (const [name, value] of Object.entries(variables))
      values[name] = typeof value === 'string' ? value : await value.resolve(signal);
  } catch (error) {
    if (!(error instanceof OpsError) || signal.aborted) throw error;
    return () => {
      throw error;
    };
  }
  return () => values;
}

/** @throws OpsError NO_DEPLOYMENT_CONFIGURED (78) */
export function settingsOf({ deployment }: Pick<Environment, 'deployment'>, environmentName: string) {
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

/** The service logs in as its own role, never as the owner of the tables. */
async function applicationUrl(
  { config, signal }: OnConfig,
  connection: Pick<ConnectionSettings, 'url'>,
): Promise<Secret | undefined> {
  const { app } = config.database.roles;
  if (app === undefined || !app.password.isSet) return undefined;
  const { withParts } = await import('@opsgraph/postgres');
  const password = (await app.password.resolve(signal)).reveal();
  return secretUrl('DATABASE_URL of the service', withParts(connection.url, { user: app.name, password }).reveal());
}
