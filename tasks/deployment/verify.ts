import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { deploymentContext } from './steps/deployment-context.ts';

export const verify = defineTask({
  name: 'deployment:verify',
  summary: 'Smoke-check every host; mark the release as verified, otherwise roll the hosts back',
  effect: 'write',
  needs: 'database',
  sections: ['deployment'],
  chapters: [releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: { after: ['deployment:rollout'], reads: ['hosts'], writes: ['deployment'], environments: ['each'] },
  options: {},
  examples: [{ command: 'pnpm --filter deployment run verify:staging', says: 'is the step after rollout:staging' }],
  async run(context) {
    if (context.dryRun) return { summary: 'the smoke checks would be made', changes: [] };
    const { verifyDeployment } = await import('@opsgraph/releases/verify-deployment');
    const { release, checks, changed } = await verifyDeployment(await deploymentContext(context, { starts: true }));
    return {
      summary: `release ${release} is verified by ${checks} checks`,
      changes: changed ? [{ action: 'verify', object: `release ${release}` }] : [],
      data: { release, checks },
    };
  },
});

await runTask(verify, import.meta);
