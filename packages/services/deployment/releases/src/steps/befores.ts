import type { Session } from '@opsgraph/postgres';
import { type Activation, configuredSettings, recordedSettings } from '../rollout/activation.ts';
import type { OnHosts, Running } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';

/**
 * For each host that to which it goes back when this deployment fails: what it has now; but where a deployment that never
 * ended well put that there, what the host had before that one. By the journal, which is written before the host is
 * touched: what the host itself says may be half written.
 */
export async function findBefores(
  running: Running,
  states: readonly HostState[],
): Promise<Map<string, Activation | undefined>> {
  const befores = new Map<string, Activation | undefined>();
  for (const state of states) befores.set(state.host, await goodBefore(running, state));
  return befores;
}

/** The release with the settings of this name; where the host has none of that name, with those of the configuration. */
export function activationOf(
  running: OnHosts,
  state: HostState,
  release: string,
  settings: string | undefined,
): Activation {
  return {
    release,
    settings: recordedSettings(state, settings) ?? configuredSettings(running, state, running.deployment),
  };
}

async function goodBefore(running: Running, state: HostState): Promise<Activation | undefined> {
  const { current, live } = state;
  if (current === undefined) return undefined;
  const now = { before: current, before_settings: live?.release === current ? (live.settings ?? null) : null };
  const { before, before_settings } = (await beforeUnended(running.session, state.host, current)) ?? now;
  if (before === null || state.releases.get(before) !== 'complete') return undefined;
  return activationOf(running, state, before, before_settings ?? undefined);
}

/** undefined: what the host has ended well. */
async function beforeUnended(session: Session, host: string, current: string) {
  const [switched] = await session.query<{ before: string | null; before_settings: string | null; state: string }>(
    `SELECT s.before, s.before_settings, d.state FROM ops.deployment_step s JOIN ops.deployment d ON d.id = s.deployment
     WHERE s.host = $1 AND s.step = 'switch' AND d.release = $2 ORDER BY d.position DESC LIMIT 1`,
    [host, current],
  );
  return switched === undefined || ['verified', 'unchanged'].includes(switched.state) ? undefined : switched;
}
