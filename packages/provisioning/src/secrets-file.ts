import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, chmod, mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '@opsgraph/errors';

export interface SecretsFile {
  /** config/.env.<environment> */
  path: string;
  /** Variables that must have a value; those that have one are never touched. */
  names: readonly string[];
}

/** 32 random bytes: longer than anybody can guess, and safe in a URL as it is. */
const secretBytes = 32;

/** Which of the variables the file does not set yet. */
export async function missingSecrets({ path, names }: SecretsFile): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(path, error);
  });
  return names.filter((name) => !new RegExp(`^\\s*(export\\s+)?${name}\\s*=\\s*\\S`, 'm').test(text));
}

/**
 * Gives each missing variable a random value, in a file that only its owner
 * can read. What is in the file stays as it is.
 *
 * @returns the names that were added
 * @throws OpsError SECRETS_FILE (73)
 */
export async function writeMissingSecrets(file: SecretsFile): Promise<string[]> {
  const missing = await missingSecrets(file);
  if (missing.length === 0) return [];
  const lines = missing.map((name) => `${name}=${randomBytes(secretBytes).toString('base64url')}\n`).join('');
  try {
    await mkdir(dirname(file.path), { recursive: true });
    const { O_CREAT, O_APPEND, O_WRONLY, O_NOFOLLOW } = constants;
    // Created private: there is no moment at which somebody else could open it.
    const handle = await open(file.path, O_CREAT | O_APPEND | O_WRONLY | O_NOFOLLOW, 0o600);
    await handle.close();
    if (((await stat(file.path)).mode & 0o077) !== 0) await chmod(file.path, 0o600);
    const before = await readFile(file.path, 'utf8');
    // One append: two at once cannot mix their lines, and the later value of a name counts.
    await appendFile(file.path, (before === '' || before.endsWith('\n') ? '' : '\n') + lines);
  } catch (error) {
    throw fileError(file.path, error as NodeJS.ErrnoException);
  }
  return missing;
}

function fileError(path: string, cause: NodeJS.ErrnoException): OpsError {
  return new OpsError({
    code: 'SECRETS_FILE',
    exit: 'cannotCreate',
    message: `${path} cannot be read or written: ${cause.code ?? cause.message}`,
    hint: 'make it an ordinary file that this user owns, mode 0600',
    cause,
  });
}
