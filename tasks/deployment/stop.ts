import { defineTask, runTask } from '@opsgraph/kit';
import { afterOthers } from './steps/after-others.ts';
import { deploymentContext } from './steps/deployment-context.ts';

export const stop = defineTask({
  name: 'deployment:stop',
  summary: 'Stop the service on every host; its releases stay, and deploy starts it again',
  effect: 'write',
  needs: 'config',
  confirm: (_options, { deployment }) => (deployment?.confirm ? 'changes' : undefined),
  options: {},
  examples: [{ command: 'pnpm --filter deployment run stop:staging', says: 'ends the service of the sandbox' }],
  run: (context) =>
    afterOthers(context, async (onTarget) => {
      const { stopService } = await import('@opsgraph/releases');
      if (context.dryRun) return { summary: 'the service would be stopped', changes: [] };
      const stopped = await stopService(await deploymentContext(onTarget, { starts: false }));
      return {
        summary: stopped.length === 0 ? 'no service was running' : `the service is stopped on ${stopped.join(', ')}`,
        changes: stopped.map((host) => ({ action: 'stop', object: `the service on ${host}` })),
      };
    }),
});

await runTask(stop, import.meta);
