import { environmentNames, loadEnvironment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';

/**
 * Who gives up one sandbox need not mean the others in the same server.
 *
 * @throws OpsError OTHER_SANDBOXES (77) when setup has made one for another environment
 */
export async function requireAlone(projectRoot: string, environment: string): Promise<void> {
  const others: string[] = [];
  for (const name of environmentNames(projectRoot))
    if (name !== environment && (await hasSandbox(projectRoot, name))) others.push(name);
  if (others.length === 0) return;
  throw new OpsError({
    code: 'OTHER_SANDBOXES',
    exit: 'refused',
    message: `the embedded PostgreSQL also holds the sandbox of ${others.join(' and ')}`,
    hint: 'add --all to remove every sandbox; stop-postgres stops the server and keeps the data',
  });
}

/** Setup writes its password to config/.env.<name>; a configuration that is broken was not set up. */
async function hasSandbox(root: string, name: string): Promise<boolean> {
  try {
    const { environment } = await loadEnvironment({ root, name, env: {}, sections: [] });
    const { url, embedded } = environment.database;
    return embedded?.ownerPassword.isSet === true && url?.isSet !== true;
  } catch (error) {
    if (error instanceof OpsError) return false;
    throw error;
  }
}
