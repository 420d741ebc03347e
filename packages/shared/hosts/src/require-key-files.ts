import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { OpsError } from '@opsgraph/errors';
import type { HostSettings } from './settings.ts';

/**
 * ssh says of a file that is not there only what follows from that: that it knows no key, or has none.
 *
 * @throws OpsError KEY_FILE_MISSING (78)
 */
export async function requireKeyFiles({ hosts, ssh }: Pick<HostSettings, 'hosts' | 'ssh'>): Promise<void> {
  if (Object.values(hosts).every((host) => host.ssh === undefined)) return;
  const { knownHosts, identity } = ssh;
  await requireFile(
    'knownHosts',
    knownHosts,
    'get the keys (ssh-keyscan -p PORT NAME), compare their fingerprints through another channel, and put them there',
  );
  await requireFile(
    'identity',
    identity?.replace(/^~\//, `${homedir()}/`),
    'put the private key there, or name another file',
  );
}

async function requireFile(key: string, path: string | undefined, hint: string): Promise<void> {
  if (path === undefined) return;
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new OpsError({
      code: 'KEY_FILE_MISSING',
      exit: 'configuration',
      message: `deployment.ssh.${key}: ${path} ${why}`,
      hint,
      cause,
    });
  }
}
