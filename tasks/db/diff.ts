import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as seeds } from '@opsgraph/seeds/chapter';

export const diff = defineTask({
  name: 'db:diff',
  summary: 'Show the rows in which the tables differ from the data sets',
  description:
    'Rows that seed would insert, rows it would update with each column’s value before and after, and rows that a set once seeded and that its file no longer has; seed leaves those alone. Ends with 1 when there is a difference. Nothing is written.',
  effect: 'read',
  needs: 'database',
  sections: ['seeds'],
  chapters: [seeds],
  graph: { reads: ['rows', 'data-sets'] },
  options: {
    set: { type: 'list', value: 'NAME', description: 'only these data sets; default: those of the configuration' },
    limit: {
      type: 'number',
      value: 'ROWS',
      description: 'how many rows of each kind are shown of each data set',
      default: 20,
      min: 0,
      max: 100_000,
      integer: true,
    },
  },
  examples: [
    { command: 'pnpm --filter db run diff', says: 'shows what seed would change, row by row' },
    { command: 'pnpm --filter db run diff --set places --limit 1000', says: 'shows more rows of one set' },
  ],
  async run({ session, config, projectRoot, environmentName, options, run }) {
    const { planSeed, reportDiff } = await import('@opsgraph/seeds');
    const { directory, sets } = config.seeds;
    const input = {
      directory,
      sets: options.set.length > 0 ? options.set : sets,
      projectRoot,
      environment: environmentName,
      run,
      limit: options.limit,
      namesLeftOver: true,
    };
    return reportDiff(await planSeed(session, input));
  },
});

await runTask(diff, import.meta);
