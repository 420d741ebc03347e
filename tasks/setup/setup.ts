import { defineTask, runTask } from '@opsgraph/kit';
import { checkTools } from './steps/check-tools.ts';
import { adopt, prepareDatabase } from './steps/prepare-database.ts';
import { writeSecrets } from './steps/write-secrets.ts';

export const setup = defineTask({
  name: 'setup:setup',
  summary: 'Make this machine and the database ready: check, configure, database',
  description:
    'Runs the three steps in order, each of which can be run alone. Where DATABASE_URL is set, nothing is started on this machine.',
  effect: 'write',
  needs: 'config',
  sections: ['migrations'],
  graph: { writes: ['secrets', 'database'], environments: ['chosen', 'sandboxes'] },
  options: { adopt },
  examples: [
    { command: 'pnpm turbo run setup', says: 'prepares the local environment' },
    { command: 'pnpm --filter setup run setup --env staging', says: 'prepares staging' },
  ],
  async run(context) {
    const tools = await checkTools(context);
    const secrets = await writeSecrets(context);
    // The secrets that were just written are read again.
    const config = (await context.loadConfig()).environment;
    const database = await prepareDatabase(context, config, context.options.adopt);
    return {
      summary: database.summary,
      changes: [...secrets.changes, ...database.changes],
      data: { tools: tools.data },
    };
  },
});

await runTask(setup, import.meta);
