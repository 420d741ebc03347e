import type { GoodActivation } from '../ledger/good-activations.ts';
import type { HostState } from '../rollout/host-state.ts';

/**
 * By what is recorded, never by age alone: the live one, what a service runs,
 * the last verified that is not live (the way back), and of the verified ones
 * as many as should be kept.
 *
 * @param verified ids, the one verified last first
 */
export function releasesToKeep(
  { current, services }: Pick<HostState, 'current' | 'services'>,
  verified: readonly string[],
  keep: number,
): Set<string> {
  const kept = new Set(verified.slice(0, keep));
  // where somebody has removed the link: what was verified last was live
  const live = current ?? verified[0];
  const back = verified.find((id) => id !== live);
  for (const id of [live, back, ...[...services.values()].map(({ release }) => release)])
    if (id !== undefined) kept.add(id);
  return kept;
}

/** The ids on a host that nobody would go back to. */
export function oldReleases(
  state: Pick<HostState, 'current' | 'services' | 'releases'>,
  verified: readonly string[],
  keep: number,
): string[] {
  const kept = releasesToKeep(state, verified, keep);
  return [...state.releases.keys()].filter((id) => !kept.has(id) && /^[0-9a-f]{16}$/.test(id));
}

/** Of the settings on a host: those of what is live and runs, and of as many good deployments as releases are kept. */
export function settingsToKeep(
  { host, live, services }: Pick<HostState, 'host' | 'live' | 'services'>,
  good: readonly GoodActivation[],
  keep: number,
): Set<string> {
  const kept = new Set<string>();
  for (const name of [live?.settings, ...[...services.values()].map(({ of }) => of)])
    if (name !== undefined) kept.add(name);
  const names = good.flatMap(({ settings }) => settings.get(host) ?? []);
  // one more: the way back
  for (const name of [...new Set(names)].slice(0, keep + 1)) kept.add(name);
  return kept;
}
