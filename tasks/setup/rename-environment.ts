import { defineTask, runTask } from '@opsgraph/kit';

export const renameEnvironment = defineTask({
  name: 'setup:rename-environment',
  summary: 'Change which environment the database says it is',
  description:
    'For a database that becomes another environment, such as a copy of production that is now staging. Use the configuration of the new environment, and confirm with the name of the former one.',
  effect: 'destroy',
  needs: 'config',
  guard: {
    formerly: ({ from }) => from,
  },
  graph: { writes: ['database'] },
  options: {
    from: { type: 'string', value: 'NAME', required: true, description: 'What the database says it is now' },
  },
  examples: [
    {
      command: 'pnpm --filter setup run rename-environment --env staging --from production --confirm production',
      says: 'makes the database of staging, a copy of production, staging',
    },
  ],
  async run({ options, onTarget, dryRun, environmentName, run }) {
    const { renameEnvironment: rename } = await import('@opsgraph/ledger');
    const names = { from: options.from, to: environmentName, by: `${run.actor} (run ${run.id})`, dryRun };
    return onTarget(async ({ session }) => {
      const changed = await rename(session, names);
      if (!changed) return { summary: `the database is ${environmentName} already`, changes: [] };
      const summary = `the database ${dryRun ? 'would be' : 'is now'} ${environmentName}`;
      return { summary, changes: [{ action: 'rename', object: `${options.from} to ${environmentName}` }] };
    });
  },
});

await runTask(renameEnvironment, import.meta);
