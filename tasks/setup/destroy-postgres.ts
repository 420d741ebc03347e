import { defineTask, runTask } from '@opsgraph/kit';

export const destroyPostgres = defineTask({
  name: 'setup:destroy-postgres',
  summary: 'Remove the embedded PostgreSQL of this checkout with all its data',
  description:
    'The sandboxes of all environments (local, staging) are databases in it. When others than that of this environment are there, it wants --all.',
  effect: 'destroy',
  needs: 'nothing',
  graph: { writes: ['database'] },
  options: {
    all: { type: 'boolean', description: 'The sandboxes of the other environments, too' },
    abandoned: { type: 'boolean', description: 'Instead, the data left by checkouts that no longer exist' },
  },
  examples: [
    { command: 'pnpm --filter setup run destroy-postgres', says: 'removes it; `npm start` makes a new one' },
    { command: 'pnpm --filter setup run destroy-postgres --abandoned --dry-run', says: 'shows what others have left' },
  ],
  async run({ stateDirectory, projectRoot, environmentName, signal, dryRun, options }) {
    const place = { stateDirectory, projectRoot, signal };
    const { describeLocalPostgres, destroyLocalPostgres, removeAbandoned } = await import('@opsgraph/local-postgres');
    if (options.abandoned) {
      const abandoned = await removeAbandoned({ ...place, dryRun });
      const changes = abandoned.map(({ checkout, home }) => ({ action: 'remove', object: `${home} of ${checkout}` }));
      const done = `the data of checkouts that are gone ${dryRun ? 'would be' : 'is'} removed`;
      return { summary: changes.length === 0 ? 'no deleted checkout has left data' : done, changes };
    }
    const { exists } = await describeLocalPostgres(place);
    if (!exists) return { summary: 'there is no embedded PostgreSQL', changes: [] };
    if (!options.all && !dryRun) {
      const { requireAlone } = await import('./steps/other-sandboxes.ts');
      await requireAlone(projectRoot, environmentName);
    }
    if (!dryRun) await destroyLocalPostgres(place);
    return {
      summary: dryRun ? 'the server and its data would be removed' : 'the server and its data are gone',
      changes: [{ action: 'remove', object: 'the embedded PostgreSQL with the databases of all sandboxes' }],
    };
  },
});

await runTask(destroyPostgres, import.meta);
