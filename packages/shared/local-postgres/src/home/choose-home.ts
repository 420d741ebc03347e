import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, type Owner, readOwner } from './owner-file.ts';
import { readState } from './state-file.ts';

/** Where a checkout is, and where its cluster would be kept. */
export interface Checkout {
  projectRoot: string;
  stateDirectory: string;
  /** Where root keeps the clusters of all checkouts; undefined for an ordinary user, who keeps his own in the checkout. */
  shared: string | undefined;
}

export interface ChosenHome {
  home: string;
  owner: Owner;
}

const idPattern = /^[0-9a-f]{16}$/;

/**
 * The home of this checkout's cluster, whether it is there or not. A path
 * from the state file is never followed: only its id is used, and only when
 * the home itself says that it belongs to this checkout.
 */
export async function chooseHome({ projectRoot, stateDirectory, shared }: Checkout): Promise<ChosenHome> {
  const identity = await identityOf(stateDirectory);
  const own = (id: string): Owner => ({ id, checkout: projectRoot, stateDirectory, identity });
  const fresh = randomBytes(8).toString('hex');
  if (shared === undefined) {
    const home = join(stateDirectory, 'postgres');
    const owner = await readOwner(home);
    return { home, owner: own(owner?.identity === identity && idPattern.test(owner.id) ? owner.id : fresh) };
  }
  const { state } = await readState(stateDirectory);
  for (const owner of await ownersIn(shared)) {
    if (owner.identity === identity || (owner.id === state?.id && (await hasMoved(owner))))
      return { home: join(shared, owner.id), owner: own(owner.id) };
  }
  return { home: join(shared, fresh), owner: own(fresh) };
}

/** Every cluster root keeps. */
export async function ownersIn(shared: string): Promise<Owner[]> {
  const names = await readdir(shared).catch(() => []);
  const owners = await Promise.all(
    names.filter((name) => idPattern.test(name)).map((name) => readOwner(join(shared, name))),
  );
  return owners.filter(
    (owner, index) => owner !== undefined && owner.id === names.filter((name) => idPattern.test(name))[index],
  ) as Owner[];
}

/** Moved to another file system, and not copied: nobody claims it where it was. */
async function hasMoved(owner: Owner): Promise<boolean> {
  return (await readState(owner.stateDirectory)).state?.id !== owner.id;
}
