import { defineTask, runTask } from '@opsgraph/kit';

export const destroyPostgres = defineTask({
  name: 'setup:destroy-postgres',
  summary: 'Remove the embedded PostgreSQL of this checkout with all its data',
  description: 'The sandboxes of all environments (local, staging) are databases in it and go with it.',
  effect: 'destroy',
  needs: 'nothing',
  options: {},
  examples: [{ command: 'pnpm --filter setup run destroy-postgres', says: 'removes it; `npm start` makes a new one' }],
  async run({ stateDirectory, projectRoot, signal, dryRun }) {
    const { describeLocalPostgres, destroyLocalPostgres } = await import('@opsgraph/local-postgres');
    const { exists } = await describeLocalPostgres({ stateDirectory, projectRoot });
    if (!exists) return { summary: 'there is no embedded PostgreSQL', changes: [] };
    if (!dryRun) await destroyLocalPostgres({ stateDirectory, projectRoot, signal });
    return {
      summary: dryRun ? 'the server and its data would be removed' : 'the server and its data are gone',
      changes: [{ action: 'remove', object: 'the embedded PostgreSQL with the databases of all sandboxes' }],
    };
  },
});

await runTask(destroyPostgres, import.meta);
