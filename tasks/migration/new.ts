import { defineTask, runTask } from '@opsgraph/kit';

export const writeMigration = defineTask({
  name: 'migration:new',
  summary: 'Write a new migration from a template',
  effect: 'write',
  needs: 'config',
  sections: ['migrations'],
  graph: { writes: ['migrations'] },
  options: {
    name: {
      type: 'string',
      value: 'WORDS',
      description: 'what it does; becomes part of the file name',
      required: true,
    },
    format: {
      type: 'choice',
      choices: ['ts', 'js', 'sql'],
      description: 'a knex migration or an SQL file; default: like the existing ones, otherwise ts',
    },
  },
  examples: [
    { command: "pnpm --filter migration run new --name 'add email to users'", says: 'writes …_add_email_to_users.ts' },
    { command: 'pnpm --filter migration run new --name index_runs --format sql', says: 'writes …_index_runs.sql' },
  ],
  async run({ config, projectRoot, options, dryRun }) {
    const { newMigration } = await import('@opsgraph/migrations/new-migration');
    const path = await newMigration({ ...config.migrations, ...options, projectRoot, dryRun });
    return {
      summary: dryRun ? `would write ${path}` : `wrote ${path}`,
      changes: [{ action: 'create', object: path }],
      lines: [path],
      data: { path },
    };
  },
});

await runTask(writeMigration, import.meta);
