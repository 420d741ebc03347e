import { join } from 'node:path';
import type { TaskContext, TaskReport } from '@opsgraph/kit';
import { count } from '@opsgraph/text';
import { requireAppPassword } from './require-app-password.ts';

/**
 * Gives the environment's generated secrets a value where they have none.
 *
 * @throws OpsError ROLE_PASSWORD_MISSING (78) for a server that is not ours: its passwords are not ours to set
 */
export async function writeSecrets(context: TaskContext<Record<never, never>, 'config'>): Promise<TaskReport> {
  const { missingSecrets, writeMissingSecrets } = await import('@opsgraph/provisioning');
  const { config, projectRoot, environmentName, dryRun } = context;
  const file = `config/.env.${environmentName}`;
  const { embedded, roles } = config.database;
  if (embedded === undefined) requireAppPassword(config, environmentName);
  const wanted = embedded === undefined ? [] : [embedded.ownerPassword, roles.app?.password];
  // One that is set in the process environment is not needed in the file.
  const names = wanted.filter((secret) => secret !== undefined && !secret.isSet).map((secret) => secret!.name);
  const input = { path: join(projectRoot, file), names };
  const added = dryRun ? await missingSecrets(input) : await writeMissingSecrets(input);
  if (added.length === 0) return { summary: `the secrets of ${environmentName} are set`, changes: [] };
  const secrets = count(added.length, 'random secret');
  return {
    summary: dryRun ? `${file} would get ${secrets}` : `${file} has ${secrets} more (mode 0600)`,
    changes: added.map((name) => ({ action: 'generate', object: name })),
  };
}
