import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { deploymentContext } from './steps/deployment-context.ts';
import { reportFinished } from './steps/report-finished.ts';

export const deploy = defineTask({
  name: 'deployment:deploy',
  summary: 'Deploy, with turbo: every step in order; alone it is the last one, which reports',
  description:
    'pnpm turbo run deploy:<environment> runs check, release, preflight, backup-gate, migrate, rollout and verify before it. This step removes old releases, closes the record and releases the lease.',
  effect: 'write',
  needs: 'database',
  sections: ['deployment'],
  chapters: [releases],
  guard: {
    confirm: (_options, { deployment }) => (deployment?.confirm === false ? undefined : 'changes'),
  },
  graph: { after: ['deployment:verify'], reads: ['hosts'], writes: ['hosts', 'deployment'], environments: ['each'] },
  options: {},
  examples: [
    { command: 'pnpm turbo run deploy:staging', says: 'deploys what is in this checkout to staging' },
    { command: 'OPS_CONFIRM=production pnpm turbo run deploy:production', says: 'deploys what staging has verified' },
  ],
  async run(context) {
    if (context.dryRun) return { summary: 'the deployment would be closed', changes: [] };
    const { finishDeployment } = await import('@opsgraph/releases/finish-deployment');
    return reportFinished(
      await finishDeployment(await deploymentContext(context, { starts: false })),
      context.environmentName,
    );
  },
});

await runTask(deploy, import.meta);
