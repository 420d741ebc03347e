import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { readKeys } from '../declare/read-keys.ts';
import { readEnvironmentFile } from '../files/read-environment-file.ts';
import { type Application, applicationKeys } from './application-keys.ts';

/** The file of config/ that is no environment: the same release goes to all of them. */
export const applicationName = 'application';

/**
 * What is deployed, as config/application.ts says.
 *
 * @throws OpsError NO_APPLICATION, CONFIG_INVALID with every problem, CONFIG_FILE_BROKEN (78)
 */
export async function loadApplication(root: string): Promise<Application> {
  if (!hasApplication(root)) {
    throw new OpsError({
      code: 'NO_APPLICATION',
      exit: 'configuration',
      message: 'nothing says what is deployed: there is no config/application.ts',
      hint: 'create it; docs/deployment.md shows one',
    });
  }
  const [file, v] = await Promise.all([readEnvironmentFile(root, applicationName), import('valibot')]);
  const place = { root, environmentName: applicationName, variables: () => undefined, env: {} };
  const { problems, values } = readKeys({ v, table: applicationKeys, file, ...place });
  if (problems.length > 0) {
    throw new OpsError({
      code: 'CONFIG_INVALID',
      exit: 'configuration',
      message: `config/application.ts has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`,
      hint: 'docs/configuration.md lists every key',
      problems: problems.map(({ text }) => text),
    });
  }
  // Every key of the table was read and found valid, so this is what the table says.
  return values as unknown as Application;
}

/** Whether the project says what is deployed. */
export function hasApplication(root: string): boolean {
  return existsSync(join(root, 'config', `${applicationName}.ts`));
}
