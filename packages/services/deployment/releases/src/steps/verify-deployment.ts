import { OpsError } from '@opsgraph/errors';
import { askedAtOnce, type Host, inParallel } from '@opsgraph/hosts';
import { mask } from '@opsgraph/secrets';
import { count } from '@opsgraph/text';
import { setState } from '../ledger/deployments.ts';
import { readSteps, type Step } from '../ledger/journal.ts';
import { markVerified } from '../ledger/known-releases.ts';
import { recordedSettings, settingsWith } from '../rollout/activation.ts';
import { isAsked } from '../rollout/ask.ts';
import type { DeploymentContext, Running } from '../rollout/context.ts';
import { passGate } from '../rollout/gate.ts';
import { inspectHost } from '../rollout/host-state.ts';
import { undo } from '../rollout/undo.ts';
import { withHosts } from '../rollout/with-hosts.ts';
import { activationOf } from './befores.ts';
import { continueDeployment } from './continue-deployment.ts';
import { inspectEach } from './open-deployment.ts';

export interface Verified {
  release: string;
  checks: number;
  /** Whether this deployment had changed anything. */
  changed: boolean;
}

/**
 * Smoke checks: every host has the release, answers as it, and every path of
 * `smoke` is found. Then the release counts as verified. Otherwise the hosts that
 * this deployment changed go back.
 *
 * @throws OpsError NOT_VERIFIED (1)
 */
export async function verifyDeployment(context: DeploymentContext): Promise<Verified> {
  return continueDeployment(context, async (running, deployment) => {
    const { settings } = running;
    const release = deployment.release ?? '';
    const steps = (await readSteps(running.session, deployment.id)).filter(({ step }) => step === 'switch');
    // what rollout has only asked, and just now, need not be asked again
    const fresh = new Set(steps.flatMap((step) => (isFresh(step) ? [step.host] : [])));
    const names = Object.keys(settings.hosts);
    const asked = settings.smoke.length === 0 ? names.filter((name) => !fresh.has(name)) : names;
    return withHosts(onlyTo(running, asked), async (hosts) => {
      const problems = await smokeCheck(running, hosts, release, fresh);
      // also a host on which the deployment that died before had put it: it would go back like the others
      const changed = new Map(
        steps
          .filter(({ before, detail }) => detail === 'changed' || before !== release)
          .map((step) => [step.host, step]),
      );
      if (problems.length === 0) {
        await running.session.transaction(async () => {
          await markVerified(running.session, release);
          await setState(running.session, deployment.id, changed.size === 0 ? 'unchanged' : 'verified');
        });
        return { release, checks: names.length * (1 + settings.smoke.length), changed: changed.size > 0 };
      }
      running.warn(`release ${release} failed its smoke checks`);
      const back = await withHosts(onlyTo(running, [...changed.keys()]), async (touched) => {
        const states = await inspectEach(touched);
        const befores = new Map(
          states.map((state) => {
            const { before, before_settings } = changed.get(state.host)!;
            const activation = before && activationOf(running, state, before, before_settings ?? undefined);
            return [state.host, activation || undefined];
          }),
        );
        return undo(running, touched, befores);
      });
      throw new OpsError({
        code: 'NOT_VERIFIED',
        exit: back.failed.length > 0 ? 'remote' : 'failed',
        message: `release ${release} failed ${count(problems.length, 'smoke check')}`,
        hint: 'fix it and deploy again',
        problems: [...problems, ...back.lines],
      });
    });
  });
}

/** Milliseconds. */
const freshFor = 10_000;

function isFresh({ detail, age }: Step): boolean {
  return detail === 'unchanged' && age !== null && age < freshFor;
}

function onlyTo(running: Running, names: readonly string[]): Running {
  const hosts = Object.fromEntries(Object.entries(running.settings.hosts).filter(([name]) => names.includes(name)));
  return { ...running, settings: { ...running.settings, hosts } };
}

/**
 * One line for each thing that is not as it should be.
 *
 * @param fresh hosts whose health was asked just now
 */
export async function smokeCheck(
  running: Running,
  hosts: readonly Host[],
  release: string,
  fresh: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const { signal } = running;
  const results = await inParallel(hosts, askedAtOnce, async (host) => {
    const state = await inspectHost(host);
    if (state.current !== release) return [`${host.name}: has release ${state.current ?? 'none'}, not ${release}`];
    const port = state.live?.port ?? host.ports[0]!;
    const settings = settingsWith(running.settings, recordedSettings(state, state.live?.settings)?.known);
    const problems: string[] = [];
    const hasEnded = state.services.get(port)?.state === 'failing';
    if (hasEnded) problems.push(`${host.name}: the service ended after it was found healthy, and was restarted`);
    const isLookedAt = state.services.get(port)?.state === 'running';
    // whether it answers every time was the question before it was live
    const gate = { release, port, successes: 1, isLookedAt };
    // one that has ended is no better for another question
    if (!fresh.has(host.name) && !hasEnded)
      await passGate({ ...running, settings }, host, gate).catch((error: unknown) => {
        if (!(error instanceof OpsError) || signal.aborted) throw error;
        problems.push(error.message);
      });
    if (!isAsked(settings, host.name)) return problems;
    for (const path of settings.smoke) {
      const problem = await smokePath(host, port, path, settings.health.timeout, signal);
      if (problem !== undefined) problems.push(`${host.name}: ${path} ${problem}`);
    }
    return problems;
  });
  signal.throwIfAborted();
  return results.flatMap((result) => {
    if ('value' in result) return result.value;
    if (result.error instanceof OpsError) return [result.error.message];
    throw result.error;
  });
}

const attempts = 3;

/** A path that does not answer at once is asked again; a wrong answer stays one. */
async function smokePath(
  host: Host,
  port: number,
  path: string,
  timeout: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { status } = await host.get(port, path, timeout);
      // What needs a login answers 401: it is there.
      return status < 400 || status === 401 || status === 403 ? undefined : `answered ${status}`;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === attempts) return mask((error as Error).message);
    }
  }
}
