import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { writeDraft } from '@opsgraph/files';
import { Secret } from '@opsgraph/secrets';

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
  return missingIn((await readIfThere(path)) ?? '', names);
}

/**
 * Gives each missing variable a random value, in a file that only its owner
 * can read. What is in the file stays as it is.
 *
 * @returns the names that were added
 * @throws OpsError SECRETS_FILE and FILE_NOT_CREATED (73), FILE_NOT_WRITTEN (74)
 */
export async function writeMissingSecrets({ path, names }: SecretsFile): Promise<string[]> {
  const before = await readIfThere(path);
  const missing = missingIn(before ?? '', names);
  if (missing.length === 0) return [];
  const secrets = missing.map((name) => new Secret(name, randomBytes(secretBytes).toString('base64url')));
  const lines = secrets.map((secret) => `${secret.name}=${secret.reveal()}\n`).join('');
  try {
    await mkdir(dirname(path), { recursive: true });
    const isWritten = before === undefined ? await create(path, lines) : await appendTo(path, before, lines);
    // Another process was faster: look again at what is missing now.
    return isWritten ? missing : await writeMissingSecrets({ path, names });
  } catch (error) {
    throw error instanceof OpsError ? error : fileError(path, error as NodeJS.ErrnoException);
  }
}

function missingIn(text: string, names: readonly string[]): string[] {
  return names.filter((name) => !new RegExp(`^\\s*(export\\s+)?${name}\\s*=\\s*\\S`, 'm').test(text));
}

async function readIfThere(path: string): Promise<string | undefined> {
  // Never through a link: it may lead out of the project.
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
  return readFile(path, { encoding: 'utf8', flag }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(path, error);
  });
}

/** Of two at once one makes the file, and the other finds its values in it. */
async function create(path: string, text: string): Promise<boolean> {
  return (await writeDraft(path, text)).publishNew();
}

/** false: it is not what it was when it was read. */
async function appendTo(path: string, before: string, lines: string): Promise<boolean> {
  const file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW);
  try {
    if (((await file.stat()).mode & 0o077) !== 0) await file.chmod(0o600);
    if ((await file.readFile('utf8')) !== before) return false;
    await file.appendFile((before === '' || before.endsWith('\n') ? '' : '\n') + lines);
    await file.sync();
    return true;
  } finally {
    await file.close();
  }
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
