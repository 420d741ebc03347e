import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const status = defineTask({
  name: 'migration:status',
  summary: 'Show which migrations are applied, which are pending, and what is wrong',
  effect: 'read',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['schema', 'migrations'], environments: ['chosen', 'each'] },
  options: {},
  examples: [{ command: 'pnpm --filter migration run status', says: 'ends with 1 when something is pending or wrong' }],
  async run({ session, config, projectRoot }) {
    const { planMigrations } = await import('@opsgraph/migrations/plan-migrations');
    const { reportPlan } = await import('@opsgraph/migrations/report');
    return reportPlan(await planMigrations(session, { ...config.migrations, projectRoot, readsPending: true }));
  },
});

await runTask(status, import.meta);
