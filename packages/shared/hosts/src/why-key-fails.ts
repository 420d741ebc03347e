import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { type ChildEnvironment, run } from '@opsgraph/shell';

/**
 * What keeps ssh from using a private key, which ssh itself does not say, or
 * says among much else; undefined: it can be used.
 */
export async function whyKeyFails(identity: string | undefined, env: ChildEnvironment): Promise<string | undefined> {
  if (identity === undefined) return undefined;
  const path = identity.replace(/^~\//, `${homedir()}/`);
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && found.uid === process.getuid?.() && (found.mode & 0o077) !== 0)
    return `ssh does not use ${path}, which others may read (mode ${(found.mode & 0o777).toString(8)}): chmod 600 ${path}`;
  const tried = await run(['ssh-keygen', '-y', '-P', '', '-f', path], { env, allowedExitCodes: [0, 1, 255] }).catch(
    () => undefined,
  );
  if (tried === undefined || tried.exitCode === 0) return undefined;
  return /passphrase/i.test(tried.stderr)
    ? `${path} has a passphrase, which a task cannot ask for, and no agent holds the key: ssh-add ${path}`
    : `${path} is not a private key that ssh can read: ${tried.stderr.trim().split('\n').at(-1)}`;
}
