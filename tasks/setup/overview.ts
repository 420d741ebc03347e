import { defineTask, runTask } from '@opsgraph/kit';
import { overviewLines } from './steps/overview-lines.ts';

export const overview = defineTask({
  name: 'setup:overview',
  summary: 'Show where the database is, what it holds, and what to try next',
  effect: 'read',
  needs: 'database',
  graph: { reads: ['database', 'rows'] },
  options: {},
  examples: [{ command: 'pnpm --filter setup run overview', says: 'shows the local environment' }],
  async run({ session, environmentName }) {
    const { countRows } = await import('@opsgraph/provisioning');
    const { database, host, port, version } = session.server;
    const place = { database, host, port, version, environment: environmentName };
    const tables = await countRows(session);
    const summary = `${database} is ready for ${environmentName}`;
    return { summary, changes: [], lines: overviewLines(place, tables), data: { ...place, tables } };
  },
});

await runTask(overview, import.meta);
