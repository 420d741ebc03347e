import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { afterOthers } from './steps/after-others.ts';
import { preflightDeployment } from './steps/preflight.ts';
import { releaseDirectory } from './steps/release-directory.ts';

export const preflight = defineTask({
  name: 'deployment:preflight',
  summary: 'Begin a deployment: take the lease, and check release, commit, hosts and schema',
  description:
    'The lease lasts until the last step of the deployment, or until it has not been renewed for deployment.leaseExpiry.',
  effect: 'write',
  needs: 'config',
  sections: ['deployment', 'migrations'],
  chapters: [migrations, releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: {
    after: ['deployment:release', 'setup:setup'],
    reads: ['release', 'schema', 'hosts'],
    writes: ['deployment'],
    environments: ['each'],
  },
  options: {
    plan: {
      type: 'string',
      value: 'HASH',
      variable: 'OPS_PLAN',
      description: 'Continue only if the plan still has this hash',
    },
    resume: { type: 'boolean', description: 'Resume the release of the deployment that died' },
    override: {
      type: 'string',
      value: 'REASON',
      variable: 'OPS_OVERRIDE',
      description: 'Deploy a release that was not verified elsewhere; the reason is recorded',
    },
  },
  examples: [
    { command: 'pnpm --filter deployment run preflight:staging', says: 'begins a deployment by hand, step by step' },
    {
      command: 'OPS_CONFIRM=production OPS_PLAN=3f0c9a4e5b6d7f80 pnpm turbo run deploy:production',
      says: 'deploys only if nothing has changed since the plan',
    },
  ],
  async run(context) {
    const { readRelease } = await import('@opsgraph/releases/read-release');
    const release = await readRelease(releaseDirectory(context.projectRoot));
    return afterOthers(context, (onTarget) => preflightDeployment(onTarget, release, context.options));
  },
});

await runTask(preflight, import.meta);
