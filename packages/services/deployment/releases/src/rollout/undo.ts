import { OpsError } from '@opsgraph/errors';
import { type Host, inParallel } from '@opsgraph/hosts';
import { beginStep, endStep } from '../ledger/journal.ts';
import type { Activation } from './activation.ts';
import { bringHost, clearHost } from './bring-host.ts';
import type { Running } from './context.ts';

export interface Undone {
  /** One line a host, for people. */
  lines: string[];
  failed: string[];
}

/** Takes hosts back to what each had before, release and settings; only those of this deployment are given. */
export async function undo(
  running: Running,
  hosts: readonly Host[],
  befores: ReadonlyMap<string, Activation | undefined>,
): Promise<Undone> {
  const { session, deployment, settings } = running;
  const failed: string[] = [];
  const results = await inParallel(hosts, settings.rollout.maxUnavailable, async (host) => {
    const step = { deployment, host: host.name, step: 'undo' } as const;
    const before = befores.get(host.name);
    await beginStep(session, step, before);
    try {
      if (before === undefined) await clearHost(running, host);
      else await bringHost(running, host, before);
      await endStep(session, step, 'done');
      return before === undefined
        ? `${host.name} has no release, as before`
        : `${host.name} has ${before.release} again, and is healthy`;
    } catch (error) {
      if (!(error instanceof OpsError) || running.signal.aborted) throw error;
      await endStep(session, step, 'failed', error.message);
      failed.push(host.name);
      return `${host.name} could NOT be rolled back: ${error.message}`;
    }
  });
  for (const result of results) if ('error' in result) throw result.error;
  return { lines: results.map((result) => (result as { value: string }).value), failed };
}
