import type { Session } from '@opsgraph/postgres';
import type { Manifest } from '../artifact/manifest.ts';
import { findRelease } from '../ledger/known-releases.ts';
import type { HostState } from '../rollout/host-state.ts';

/** The manifests of the releases that hosts have, as far as the ledger knows them. */
export async function readBases(session: Session, states: readonly HostState[]): Promise<Map<string, Manifest>> {
  const bases = new Map<string, Manifest>();
  for (const id of new Set(states.flatMap(({ current }) => current ?? []))) {
    const found = await findRelease(session, id);
    if (found !== undefined) bases.set(id, found.manifest);
  }
  return bases;
}
