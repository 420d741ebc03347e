import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as seeds } from '@opsgraph/seeds/chapter';

export const status = defineTask({
  name: 'db:status',
  summary: 'Show which data sets are loaded, by which run, and whether their files changed since',
  effect: 'read',
  needs: 'database',
  sections: ['seeds'],
  chapters: [seeds],
  graph: { reads: ['rows', 'data-sets'], environments: ['chosen', 'each'] },
  options: {},
  examples: [
    {
      command: 'pnpm --filter db run status',
      says: 'ends with 1 when a set is not as its file says, or not known to be',
    },
  ],
  async run({ session, config, projectRoot, environmentName }) {
    const { reportStatus, seedStatus } = await import('@opsgraph/seeds');
    return reportStatus(await seedStatus(session, { ...config.seeds, projectRoot, environment: environmentName }));
  },
});

await runTask(status, import.meta);
