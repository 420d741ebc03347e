import { defineTask, runTask } from '@opsgraph/kit';

const task = defineTask({
  name: 'migration:status',
  summary: 'say which migrations are applied, which are pending, and what is wrong',
  effect: 'read',
  needs: 'database',
  options: {},
  examples: [{ command: 'pnpm --filter migration status', says: 'ends with 1 when something is pending or wrong' }],
  async run({ session, config, projectRoot }) {
    const { planMigrations, reportPlan } = await import('@opsgraph/migrations');
    return reportPlan(await planMigrations(session, { ...config.migrations, projectRoot }));
  },
});

export default task;

await runTask(task, import.meta);
