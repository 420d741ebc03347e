import { readFile, stat } from 'node:fs/promises';
import { writeWhole } from '@opsgraph/files';
import { placesOf } from '../server/cluster.ts';

/** In a cluster's home: which checkout it belongs to. */
export interface Owner {
  id: string;
  checkout: string;
  stateDirectory: string;
  /** identityOf the state directory. */
  identity: string;
}

export async function readOwner(home: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(placesOf(home).owner, 'utf8')) as Partial<Owner> | null;
    const fields = [owner?.id, owner?.checkout, owner?.stateDirectory, owner?.identity];
    return fields.every((field) => typeof field === 'string') ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeOwner(home: string, owner: Owner): Promise<void> {
  await writeWhole(placesOf(home).owner, `${JSON.stringify(owner, null, 2)}\n`);
}

/**
 * Tells a directory from any other that had or will have its path: a clone
 * made where an older one was deleted is another checkout, one that was moved
 * is the same.
 */
export async function identityOf(directory: string): Promise<string> {
  const { dev, ino, birthtimeNs } = await stat(directory, { bigint: true });
  return `${dev}:${ino}:${birthtimeNs}`;
}
