import { defineTask, runTask } from '@opsgraph/kit';

export const explain = defineTask({
  name: 'setup:explain',
  summary: 'Explain the configuration: each value and where it came from',
  description:
    'Order of precedence: process environment, config/.env.<environment>, config/<environment>.ts, default. Secrets are masked.',
  effect: 'read',
  needs: 'nothing',
  graph: { reads: ['secrets'] },
  readsConfig: true,
  options: {},
  examples: [{ command: 'pnpm --filter setup run explain --env staging', says: 'shows the configuration of staging' }],
  async run({ loadConfig, environmentName }) {
    const explained = (await loadConfig()).explain();
    const { count, table } = await import('@opsgraph/text');
    const lines = table(explained.map(({ key, value, source }) => [key, `${value}  ← ${source}`]));
    return {
      summary: `${count(explained.length, 'value')} of ${environmentName}`,
      changes: [],
      lines,
      data: explained,
    };
  },
});

await runTask(explain, import.meta);
