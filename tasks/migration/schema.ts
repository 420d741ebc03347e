import { join } from 'node:path';
import { defineTask, runTask } from '@opsgraph/kit';

export const schema = defineTask({
  name: 'migration:schema',
  summary: 'Write what the migrations make to a file, to be reviewed and committed',
  description:
    'From the catalogue of a scratch database to which all migrations were applied, normalised: the same migrations give the same text everywhere. With --of target it is the live schema instead.',
  effect: 'read',
  needs: 'database',
  options: {
    file: { type: 'path', value: 'FILE', description: 'where to write it; tasks/migration/schema.sql unless told' },
    of: { type: 'choice', choices: ['migrations', 'target'], description: 'whose schema', default: 'migrations' },
    check: { type: 'boolean', description: 'write nothing; end with 1 and show the difference when the file is stale' },
  },
  examples: [
    { command: 'pnpm --filter migration run schema', says: 'writes tasks/migration/schema.sql' },
    { command: 'pnpm --filter migration run schema --check', says: 'is what a pipeline runs' },
  ],
  async run({ session, connection, config, projectRoot, options, dryRun, signal }) {
    const { schemaOfMigrations, schemaOfTarget, writeSchema } = await import('@opsgraph/migrations/check/write-schema');
    const { reportSchema } = await import('@opsgraph/migrations/check/report-checks');
    const { scratchBeside } = await import('./steps/scratch.ts');
    const settings = { ...config.migrations, projectRoot };
    const text =
      options.of === 'target'
        ? await schemaOfTarget(session, settings)
        : await scratchBeside({ connection, config, signal })((scratch) => schemaOfMigrations(scratch, settings));
    const file = options.file ?? join(projectRoot, 'tasks', 'migration', 'schema.sql');
    return reportSchema(await writeSchema(settings, file, text, options.check || dryRun), options.check, dryRun);
  },
});

await runTask(schema, import.meta);
