import { OpsError } from '@opsgraph/errors';
import { askedAtOnce, combined, type Host, inParallel } from '@opsgraph/hosts';
import { beginStep, endStep, recordUnchanged } from '../ledger/journal.ts';
import { isTakenOver } from '../ledger/lease.ts';
import { type Activation, settingsWith } from './activation.ts';
import { isAsWanted } from './as-wanted.ts';
import { ask, isAsked, questionOf } from './ask.ts';
import { makeBatches } from './batches.ts';
import { bringHost } from './bring-host.ts';
import type { Running } from './context.ts';
import type { HostState } from './host-state.ts';
import { undo } from './undo.ts';

export interface RolloutResult {
  /** Hosts that had to change. */
  changed: string[];
  unchanged: string[];
}

/**
 * Makes the release live on every host, batch by batch. Those that are as
 * wanted are asked first, all at once, and left alone when they are well. When one fails, no
 * further batch is begun, and the hosts that this run has changed go back to
 * what they had.
 *
 * @param wanted what each host is to have: one release, each with its own settings
 * @param befores that to which a host would go back; undefined: to no release
 * @throws OpsError ROLLOUT_FAILED (1) and what interrupted it
 */
export async function rollOut(
  running: Running,
  hosts: readonly Host[],
  wanted: ReadonlyMap<string, Activation>,
  { states, befores }: { states: readonly HostState[]; befores: ReadonlyMap<string, Activation | undefined> },
): Promise<RolloutResult> {
  const { session, settings, deployment, signal } = running;
  const unchanged = await findSettled(running, hosts, states, wanted);
  signal.throwIfAborted();
  await recordUnchanged(
    session,
    deployment,
    unchanged.map((host) => ({ host, before: befores.get(host), settings: wanted.get(host)!.settings.name })),
  );
  for (const name of unchanged)
    running.info(`${name}: release ${wanted.get(name)!.release} was live already, and healthy`);
  const result: RolloutResult = { changed: [], unchanged };
  const others = hosts.filter(({ name }) => !unchanged.includes(name));
  const touched: Host[] = [];
  const failures: unknown[] = [];
  for (const batch of makeBatches(others, settings.rollout)) {
    const ended = await inParallel(batch, settings.rollout.maxUnavailable, async (host) => {
      const step = { deployment, host: host.name, step: 'switch' } as const;
      const activation = wanted.get(host.name)!;
      const { release } = activation;
      await beginStep(session, step, befores.get(host.name), activation.settings.name);
      touched.push(host);
      try {
        const changed = await bringHost(running, host, activation);
        await endStep(session, step, 'done', changed ? 'changed' : 'unchanged');
        (changed ? result.changed : result.unchanged).push(host.name);
        running.info(`${host.name}: release ${release} ${changed ? 'is live' : 'was live already'}, and healthy`);
      } catch (error) {
        if (!signal.aborted && !isTakenOver(error)) await endStep(session, step, 'failed', (error as Error).message);
        throw error;
      }
    });
    // Interrupted: going back takes longer than there is. The journal says how far it came.
    signal.throwIfAborted();
    failures.push(...ended.flatMap((one) => ('error' in one ? [one.error] : [])));
    const takenOver = failures.find(isTakenOver);
    if (takenOver !== undefined) throw takenOver;
    if (failures.length >= settings.rollout.stopAfter) break;
  }
  if (failures.length === 0) return result;
  const cause = combined(failures, hosts.length);
  if (!(cause instanceof OpsError)) throw cause;
  running.warn(`${cause.message}; rolling back ${touched.length === 1 ? 'the host' : `${touched.length} hosts`}`);
  const back = await undo(running, touched, befores);
  throw new OpsError({
    code: 'ROLLOUT_FAILED',
    exit: back.failed.length > 0 ? 'remote' : 'failed',
    message: cause.message,
    hint: cause.hint,
    problems: [...cause.problems, ...back.lines],
    cause,
  });
}

/** Hosts that are as wanted, and answer well; one that does not goes the way of all others. */
async function findSettled(
  running: Running,
  hosts: readonly Host[],
  states: readonly HostState[],
  wanted: ReadonlyMap<string, Activation>,
): Promise<string[]> {
  const found = await inParallel(hosts, askedAtOnce, async (host) => {
    const state = states.find((one) => one.host === host.name);
    const activation = wanted.get(host.name)!;
    if (state === undefined || !isAsWanted(running, state, activation)) return [];
    const its = settingsWith(running.settings, activation.settings.known);
    if (!isAsked(its, host.name)) return [host.name];
    const problem = await ask(host, questionOf(its, host.name, activation.release, state.live!.port));
    return problem === undefined ? [host.name] : [];
  });
  for (const one of found) if ('error' in one && !(one.error instanceof OpsError)) throw one.error;
  return found.flatMap((one) => ('value' in one ? one.value : []));
}
