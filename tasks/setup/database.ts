import { defineTask, runTask } from '@opsgraph/kit';
import { adopt, prepareDatabase } from './steps/prepare-database.ts';

export const database = defineTask({
  name: 'setup:database',
  summary: 'Create what the database needs: server, roles, database, ledger, marker',
  description:
    'Starts the embedded PostgreSQL where the environment uses it. On a server of your own it creates only what is missing, as DATABASE_ADMIN_URL if given. A database that has objects and no marker is refused unless --adopt names it.',
  effect: 'write',
  needs: 'config',
  sections: ['migrations'],
  graph: { after: ['setup:configure'], reads: ['secrets'], writes: ['database'] },
  options: { adopt },
  examples: [{ command: 'pnpm --filter setup run database --dry-run', says: 'shows what is missing' }],
  run: (context) => prepareDatabase(context, context.config, context.options.adopt),
});

await runTask(database, import.meta);
