import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const lint = defineTask({
  name: 'migration:lint',
  summary: 'Show which migrations lock or break what is in use, with the safe form',
  description:
    'The pending migrations: SQL files as they are, and the SQL that knex migrations send when they are executed in a transaction that is rolled back. With --files only the SQL files, without a database. A finding is allowed by `-- lint: allow <rule> because <reason>` before the statement, or by migrations.lint.disable in the configuration.',
  effect: 'read',
  needs: 'config',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['migrations', 'schema'] },
  options: {
    files: { type: 'boolean', description: 'all SQL files, not only pending ones; needs no database' },
    from: { type: 'string', value: 'MIGRATION', description: 'with --files: the first one to look at' },
    postgres: {
      type: 'number',
      value: 'VERSION',
      description: 'the oldest major version it must be safe on; otherwise that of the database, with --files 14',
      integer: true,
      min: 14,
      max: 99,
    },
  },
  examples: [
    {
      command: 'pnpm --filter migration run lint',
      says: 'looks at what migrate would apply; ends with 1 when it finds something',
    },
    {
      command: 'pnpm --filter migration run lint --files --from 20250301000000_index_runs',
      says: 'looks at newer SQL files, without a database',
    },
  ],
  async run({ config, projectRoot, options, onTarget }) {
    const { lintMigrations } = await import('@opsgraph/migration-lint/lint-migrations');
    const { reportLint } = await import('@opsgraph/migration-lint/report-lint');
    const settings = { ...config.migrations, projectRoot };
    const rules = { ...config.migrations.lint, hasLockTimeout: config.database.lockTimeout > 0 };
    if (options.files) {
      const { readSqlFiles } = await import('./steps/read-sql-files.ts');
      const version = (options.postgres ?? 14) * 10000;
      const { migrations, leftOut } = await readSqlFiles(settings, options.from);
      return reportLint(await lintMigrations(migrations, { ...rules, version }), leftOut);
    }
    return onTarget(async ({ session }) => {
      const { readPending } = await import('./steps/read-pending.ts');
      const version = options.postgres === undefined ? session.server.version : options.postgres * 10000;
      const { readTarget } = await import('./steps/read-target.ts');
      const [pending, target] = [await readPending(session, settings), await readTarget(session, settings)];
      return reportLint(await lintMigrations(pending, { ...rules, ...target, version }));
    });
  },
});

await runTask(lint, import.meta);
