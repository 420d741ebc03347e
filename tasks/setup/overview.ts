import { defineTask, runTask } from '@opsgraph/kit';
import { overviewLines } from './steps/overview-lines.ts';

export const overview = defineTask({
  name: 'setup:overview',
  summary: 'Show what is running, what the last runs did, and what to try next',
  effect: 'read',
  needs: 'database',
  options: {
    since: {
      type: 'string',
      value: 'TIME',
      description: 'Show runs since this time (ISO 8601) instead of the last ten',
    },
  },
  examples: [
    { command: 'pnpm --filter setup run overview', says: 'shows where the database is and what was done to it' },
  ],
  async run({ session, options, environmentName, run }) {
    const { recentRuns } = await import('@opsgraph/ledger');
    const since = options.since === undefined ? undefined : new Date(options.since);
    const runs = (await recentRuns(session, since === undefined ? 10 : 100, since)).filter(({ id }) => id !== run.id);
    const { database, host, port, version } = session.server;
    const where = { database, host, port, version, environment: environmentName };
    const changed = runs.filter(({ outcome }) => outcome === 'changed').length;
    const summary = `${database} is ready for ${environmentName}${since !== undefined && changed === 0 ? '; nothing needed doing' : ''}`;
    return { summary, changes: [], lines: overviewLines(where, runs), data: { where, runs } };
  },
});

await runTask(overview, import.meta);
