import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';
import { chapter as releases } from '@opsgraph/releases/chapter';
import { deploymentContext, usableSettings } from './steps/deployment-context.ts';
import { readSchema } from './steps/read-schema.ts';
import { reportHosts, reportStatus } from './steps/report-status.ts';
import { isOutage } from './steps/without-ledger.ts';

export const status = defineTask({
  name: 'deployment:status',
  summary: 'Show which release each host has, since when, by whom, and whether it is healthy',
  effect: 'read',
  needs: 'config',
  sections: ['deployment', 'migrations'],
  chapters: [migrations, releases],
  graph: { reads: ['hosts', 'deployment'], environments: ['each'] },
  options: {},
  examples: [
    {
      command: 'pnpm --filter deployment run status:staging',
      says: 'ends with 1 when a host is not as the ledger says',
    },
  ],
  async run(context) {
    const { readHosts, readStatus } = await import('@opsgraph/releases');
    try {
      return await context.onTarget(async (target) => {
        const onTarget = { ...context, ...target };
        const found = await readStatus(await deploymentContext(onTarget, { starts: false }));
        return reportStatus(found, await readSchema(onTarget));
      });
    } catch (error) {
      if (!isOutage(error)) throw error;
      // what the hosts say is worth most when the database says nothing
      const hosts = await readHosts({ settings: await usableSettings(context), signal: context.signal });
      return reportHosts(hosts, error.message, context.environmentName);
    }
  },
});

await runTask(status, import.meta);
