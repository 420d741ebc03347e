import { readFile, stat } from 'node:fs/promises';
import { OpsError } from '@opsgraph/errors';
import { notWritten, writeDraft } from '@opsgraph/files';
import type { Secret } from '@opsgraph/secrets';
import { keyId } from './keys/key.ts';

/** Where a new secret goes. */
export type Delivery =
  | { to: 'stdout'; isLogged: boolean }
  | { to: 'file'; path: string }
  | { to: 'command'; check(): Promise<void>; hand(secret: Secret): Promise<void> };

export interface PreparedDelivery {
  /** After the secret became valid: gives it away. */
  deliver(): Promise<void>;
  /** When it did not become valid after all. */
  discard(): Promise<void>;
  /** To be shown on stdout by the caller. */
  isShown: boolean;
}

/**
 * Does everything that may fail before the secret is made valid: a file is
 * written in full beside its place, and only renamed afterwards.
 *
 * @throws OpsError SECRET_WOULD_BE_LOGGED and FILE_EXISTS (77), FILE_NOT_CREATED (73), FILE_NOT_WRITTEN (74)
 */
export async function prepareDelivery(delivery: Delivery, secret: Secret): Promise<PreparedDelivery> {
  switch (delivery.to) {
    case 'stdout':
      if (delivery.isLogged) throw wouldBeLogged(secret.name);
      return { deliver: async () => {}, discard: async () => {}, isShown: true };
    case 'command':
      await delivery.check();
      return { deliver: () => delivery.hand(secret), discard: async () => {}, isShown: false };
    case 'file':
      return prepareFile(delivery.path, secret);
  }
}

async function prepareFile(path: string, secret: Secret): Promise<PreparedDelivery> {
  await requireReplaceable(path);
  const draft = await writeDraft(path, `${secret.reveal()}\n`);
  return { isShown: false, discard: draft.discard, deliver: draft.publish };
}

/** A file that holds an old key, or nothing, gives way; any other one was named by mistake. */
async function requireReplaceable(path: string): Promise<void> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw notWritten(path, error as NodeJS.ErrnoException);
  }
  if (found.isFile() && found.size <= 256) {
    const text = (await readFile(path, 'utf8')).trim();
    if (text === '' || keyId(text) !== undefined) return;
  }
  throw new OpsError({
    code: 'FILE_EXISTS',
    exit: 'refused',
    message: `${path} already exists and holds no key of ours`,
    hint: 'name another file, or remove that one; nothing was changed',
  });
}

function wouldBeLogged(name: string): OpsError {
  return new OpsError({
    code: 'SECRET_WOULD_BE_LOGGED',
    exit: 'refused',
    message: `a new ${name} would be shown on a standard output that is kept in a log (turbo, CI)`,
    hint: "write it to a file with --out PATH, or hand it to a secret manager with --sink 'cmd:program argument …'; nothing was changed",
  });
}
