import { defineTask, runTask } from '@opsgraph/kit';

export const stopPostgres = defineTask({
  name: 'setup:stop-postgres',
  summary: 'Stop the embedded PostgreSQL of this checkout; its data stays',
  effect: 'write',
  needs: 'nothing',
  graph: { writes: ['database'] },
  options: {},
  examples: [{ command: 'pnpm --filter setup run stop-postgres', says: 'stops the server; setup starts it again' }],
  async run({ stateDirectory, projectRoot, signal, dryRun }) {
    const { describeLocalPostgres, stopLocalPostgres } = await import('@opsgraph/local-postgres');
    const { running } = await describeLocalPostgres({ stateDirectory, projectRoot });
    if (!running) return { summary: 'no embedded PostgreSQL is running', changes: [] };
    if (!dryRun) await stopLocalPostgres({ stateDirectory, projectRoot, signal });
    return {
      summary: dryRun ? 'the server would be stopped' : 'the server is stopped; its data stays',
      changes: [{ action: 'stop', object: 'the embedded PostgreSQL' }],
    };
  },
});

await runTask(stopPostgres, import.meta);
