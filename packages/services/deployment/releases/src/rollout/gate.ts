import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { fact, type Host } from '@opsgraph/hosts';
import { mask } from '@opsgraph/secrets';
import { watchScript } from '../scripts/watch.ts';
import { ask, isAsked, questionOf } from './ask.ts';
import type { DeploymentContext } from './context.ts';
import { lastWords, whereLog } from './last-words.ts';

/** Milliseconds for which a host is left alone with one look at the service. */
const longestLook = 1000;

export interface Gate {
  release: string;
  port: number;
  /** Good answers in a row. */
  successes: number;
  /** The host has just said that its service runs. */
  isLookedAt: boolean;
}

/** What the gate looks at; all of a deployment under way. */
export type Gatekeeper = Pick<DeploymentContext, 'settings' | 'signal'>;

/**
 * Waits until the service answers well so many times in a row as the release
 * that was started. It ends as soon as the command
 * has ended, not only at the deadline. A host that is not asked anything
 * passes when its service stays up.
 *
 * @throws OpsError SERVICE_FAILED, UNHEALTHY (1) with what the service said last
 */
export async function passGate(keeper: Gatekeeper, host: Host, gate: Gate): Promise<void> {
  const { settings, signal } = keeper;
  const { health } = settings;
  const { release, port } = gate;
  if (!isAsked(settings, host.name)) return stayUp(keeper, host, gate);
  const question = questionOf(settings, host.name, release, port);
  const deadline = performance.now() + health.deadline;
  let isLookedAt = gate.isLookedAt;
  let inARow = 0;
  let last = `nothing listens at port ${port}, which it gets as PORT`;
  const awaitsListener = health.command === undefined;
  while (inARow < gate.successes) {
    const left = (): number => deadline - performance.now();
    const answers = isLookedAt || (await look(keeper, host, gate, awaitsListener ? left() : 0, awaitsListener));
    const problem = answers ? await ask(host, question) : last;
    signal.throwIfAborted();
    isLookedAt = problem === undefined;
    inARow = problem === undefined ? inARow + 1 : 0;
    if (inARow >= gate.successes) break;
    if (problem !== undefined) last = problem;
    if (left() <= health.interval) throw await unhealthy(host, release, `within ${health.deadline / 1000} s: ${last}`);
    if (answers) await pause(health.interval, signal);
  }
}

/** What answers no questions has to run for a while. */
async function stayUp(keeper: Gatekeeper, host: Host, gate: Gate): Promise<void> {
  if (gate.isLookedAt) return;
  const end = performance.now() + keeper.settings.health.staysUp;
  for (let left = keeper.settings.health.staysUp; left > 0; left = end - performance.now())
    await look(keeper, host, gate, left);
}

/** @returns whether it is time to ask: somebody listens, or that cannot be seen */
async function look(
  keeper: Gatekeeper,
  host: Host,
  gate: Gate,
  limit: number,
  awaitsListener = false,
): Promise<boolean> {
  const { signal } = keeper;
  const milliseconds = Math.max(0, Math.min(limit, longestLook));
  const facts = await host.run(watchScript({ root: host.root, port: gate.port }, { milliseconds, awaitsListener }));
  signal.throwIfAborted();
  const [ended] = fact(facts, 'ended') ?? [];
  if (ended !== undefined) throw await failed(host, gate.release, ended);
  return fact(facts, 'silent') === undefined;
}

async function failed(host: Host, release: string, why: string): Promise<OpsError> {
  return new OpsError({
    code: 'SERVICE_FAILED',
    exit: 'failed',
    message: `${host.name}: the service of release ${release} is not running: ${mask(why)}`,
    hint: why.includes('foreground') ? 'its command must stay in the foreground' : hintFor(host),
    problems: await lastWords(host),
  });
}

async function unhealthy(host: Host, release: string, why: string): Promise<OpsError> {
  const words = await lastWords(host);
  return new OpsError({
    code: 'UNHEALTHY',
    exit: 'failed',
    message: `${host.name}: release ${release} did not become healthy ${why}`,
    hint: words.length === 0 ? `the service itself logged nothing; ${hintFor(host)}` : hintFor(host),
    problems: words,
  });
}

function hintFor(host: Host): string {
  return `fix the release and deploy again; its full log: ${whereLog(host)}`;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}
