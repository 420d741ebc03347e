import { defineTask, runTask } from '@opsgraph/kit';

export const migrate = defineTask({
  name: 'migration:migrate',
  summary: 'Apply the pending migrations, each in a transaction of its own',
  description:
    'Knex migrations (.ts, .js, .mjs, .cjs) and SQL files (-- migrate:up) of the configured directories, in order. With --dry-run they are executed in a transaction that is rolled back, and the SQL they sent is printed.',
  effect: 'write',
  needs: 'database',
  options: {
    to: { type: 'string', value: 'MIGRATION', description: 'the last one to apply, with or without extension' },
  },
  examples: [
    { command: 'pnpm --filter migration run migrate', says: 'applies everything that is pending' },
    { command: 'pnpm --filter migration run migrate --dry-run', says: 'rehearses it and prints the SQL' },
  ],
  async run({ session, config, projectRoot, options, dryRun, run, talk }) {
    const input = { ...config.migrations, projectRoot, to: options.to, run: run.id };
    const { reportMigrated, reportRehearsed } = await import('@opsgraph/migrations/report');
    if (dryRun) {
      const { rehearse } = await import('@opsgraph/migrations/rehearse');
      return reportRehearsed(await rehearse(session, input));
    }
    const { migrate: apply } = await import('@opsgraph/migrations/migrate');
    const progress = talk.progress('migrations', 'migrations');
    try {
      return reportMigrated(
        await apply(session, { ...input, onApplied: (_name, done) => progress.update(done) }),
        talk.warn,
      );
    } finally {
      progress.end();
    }
  },
});

await runTask(migrate, import.meta);
