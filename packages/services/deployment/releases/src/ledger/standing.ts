import type { Session } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';
import type { DeploymentSettings } from '../settings.ts';
import type { Deployment } from './deployments.ts';
import { readSteps, type Step } from './journal.ts';

/** How far a deployment came that did not end, by its journal; for people. */
export interface Standing {
  /** Whose it was. */
  headline: string;
  /** One line for each state that hosts are in; empty when it brings no release to hosts. */
  lines: readonly string[];
  /** Pasteable: continue, or go back. */
  waysOn: string;
}

export interface Surroundings {
  settings: Pick<DeploymentSettings, 'hosts'>;
  environmentName: string;
}

export async function readStanding(
  session: Session,
  { id, kind, release, actor, host }: Deployment,
  { settings, environmentName }: Surroundings,
): Promise<Standing> {
  const headline = `a ${kind} of ${actor} on ${host} did not finish (${id})`;
  if (kind === 'stop' || kind === 'prune')
    return {
      headline,
      lines: [],
      waysOn: `run it again: pnpm --filter deployment run ${scripts[kind]}:${environmentName}`,
    };
  const steps = await readSteps(session, id);
  const states = Object.keys(settings.hosts).map((name) => ({ name, says: stateOf(steps, name, release ?? '') }));
  const lines = [...Map.groupBy(states, ({ says }) => says)].map(
    ([says, those]) => `${those.map(({ name }) => name).join(', ')}: ${says}`,
  );
  const deploy = `pnpm turbo run deploy:${environmentName}`;
  if (kind === 'rollback') {
    const back = command`pnpm --filter deployment run rollback:${environmentName} --to ${release ?? ''}`;
    return { headline, lines, waysOn: `resume: ${back}; or deploy what is checked out: ${deploy}` };
  }
  const ways = [`resume: ${deploy}`];
  const switched = steps.filter(({ step }) => step === 'switch');
  if (switched.some(({ before }) => before !== null))
    ways.push(`roll back: pnpm --filter deployment run rollback:${environmentName}`);
  // the first of all: there is nothing to go back to
  else if (switched.length > 0) ways.push(`finish it: pnpm --filter deployment run stop:${environmentName}`);
  return { headline, lines, waysOn: ways.join('; or ') };
}

const scripts = { stop: 'stop', prune: 'prune-releases' };

function stateOf(steps: readonly Step[], host: string, release: string): string {
  const of = (name: Step['step']): Step | undefined => steps.find((one) => one.host === host && one.step === name);
  const change = of('switch');
  if (change === undefined) return 'not switched';
  const before = change.before ?? 'no release';
  const back = of('undo');
  if (back?.state === 'done') return `rolled back to ${before}`;
  if (back !== undefined) return `was being rolled back, has ${release} or ${before}`;
  if (change.state === 'done') return `has ${release}`;
  return `was being switched, has ${before} or ${release}`;
}
