import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';
import { chapter as releases } from '@opsgraph/releases/chapter';

export const migrate = defineTask({
  name: 'migration:migrate',
  summary: 'Apply the pending migrations, each in a transaction of its own',
  description:
    'Knex migrations (.ts, .js, .mjs, .cjs) and SQL files (-- migrate:up) of the configured directories, in order. With --dry-run they are executed in a transaction that is rolled back, and the SQL is printed with what it did: the lock on each existing table, rewrites, full reads, times. It never waits for a busy table; what it cannot measure that way is measured on an empty copy of the schema, in a scratch database.',
  effect: 'write',
  needs: 'database',
  sections: ['migrations', 'deployment'],
  chapters: [migrations, releases],
  guard: {
    // What a migration drops is not known before it runs.
    confirm: (_options, { sandbox }) => (sandbox ? undefined : 'changes'),
  },
  graph: {
    after: ['setup:setup', 'deployment:backup-gate'],
    reads: ['database', 'migrations'],
    writes: ['schema'],
    environments: ['chosen', 'each'],
  },
  options: {
    to: { type: 'string', value: 'MIGRATION', description: 'the last one to apply, with or without extension' },
    'hold-locks': {
      type: 'duration',
      value: 'TIME',
      description: 'with --dry-run: the longest time to hold locks on existing tables',
      default: '5s',
    },
  },
  examples: [
    { command: 'pnpm --filter migration run migrate', says: 'applies everything that is pending' },
    {
      command: 'pnpm --filter migration run migrate --dry-run',
      says: 'rehearses it and prints the SQL with its locks',
    },
  ],
  async run(context) {
    const { session, connection, config, projectRoot, options, dryRun, run, signal, talk } = context;
    const appRole = config.database.roles.app?.name;
    const input = { ...config.migrations, appRole, projectRoot, to: options.to, run: run.id };
    const { reportMigrated, reportRehearsed } = await import('@opsgraph/migrations/report');
    if (dryRun) {
      const { rehearse } = await import('@opsgraph/migrations/rehearse');
      const { scratchBeside } = await import('./steps/scratch.ts');
      const withScratch = scratchBeside({ connection, config, signal });
      return reportRehearsed(await rehearse(session, { ...input, holdLimit: options['hold-locks'], withScratch }));
    }
    const { migrate: apply } = await import('@opsgraph/migrations/migrate');
    const progress = talk.progress('migrations', 'migrations');
    try {
      return reportMigrated(
        await apply(session, {
          ...input,
          onApplied: (_name, done) => progress.update(done),
          whileApplying: async (work) => (await import('./steps/while-deploying.ts')).whileDeploying(context, work),
        }),
        talk.warn,
      );
    } finally {
      progress.end();
    }
  },
});

await runTask(migrate, import.meta);
