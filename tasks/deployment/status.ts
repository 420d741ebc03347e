import { defineTask, runTask } from '@opsgraph/kit';
import { deploymentContext, readSchema } from './steps/deployment-context.ts';
import { reportStatus } from './steps/report-status.ts';

export const status = defineTask({
  name: 'deployment:status',
  summary: 'Say which release each host has, since when, by whom, and whether it is healthy',
  effect: 'read',
  needs: 'database',
  options: {},
  examples: [
    {
      command: 'pnpm --filter deployment run status:staging',
      says: 'ends with 1 when a host is not as the ledger says',
    },
  ],
  async run(context) {
    const { readStatus } = await import('@opsgraph/releases');
    const found = await readStatus(await deploymentContext(context, { starts: false }));
    return reportStatus(found, await readSchema(context));
  },
});

await runTask(status, import.meta);
