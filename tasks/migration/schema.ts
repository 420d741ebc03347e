import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const schema = defineTask({
  name: 'migration:schema',
  summary: 'Write what the migrations make to a file, to be reviewed and committed',
  description:
    'From the catalogue of a scratch database to which all migrations were applied, normalised: the same migrations give the same text everywhere. With --of target it is the live schema instead.',
  effect: 'read',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['migrations', 'schema'] },
  options: {
    file: {
      type: 'path',
      value: 'FILE',
      description: 'where to write it; migrations.schemaFile of the configuration otherwise',
    },
    of: { type: 'choice', choices: ['migrations', 'target'], description: 'whose schema', default: 'migrations' },
    as: {
      type: 'choice',
      choices: ['text', 'migration'],
      description: 'to be read; or an SQL migration that makes it all, without owners and privileges',
      default: 'text',
    },
    without: { type: 'list', value: 'TABLES', description: "tables of the target to leave out: another tool's own" },
    check: { type: 'boolean', description: 'write nothing; end with 1 and show the difference when the file is stale' },
  },
  examples: [
    { command: 'pnpm --filter migration run schema', says: 'writes the file that the configuration names' },
    { command: 'pnpm --filter migration run schema --check', says: 'is what a pipeline runs' },
    {
      command:
        'pnpm --filter migration run schema --of target --as migration --without public.pgmigrations --file migrations/20250101000000_baseline.sql',
      says: 'starts a history from what another tool made',
    },
  ],
  async run({ session, connection, config, projectRoot, options, dryRun, signal }) {
    const { asMigration, asText, schemaOfMigrations, schemaOfTarget, writeSchema } = await import(
      '@opsgraph/migrations/write-schema'
    );
    const { reportSchema } = await import('@opsgraph/migrations/report-checks');
    const { scratchBeside } = await import('./steps/scratch.ts');
    const settings = { ...config.migrations, projectRoot };
    const onScratch = scratchBeside({ connection, config, signal });
    const made =
      options.of === 'target'
        ? await schemaOfTarget(session, settings, options.without)
        : await onScratch((scratch) => schemaOfMigrations(scratch, settings));
    const text = options.as === 'migration' ? await onScratch((scratch) => asMigration(scratch, made)) : asText(made);
    const file = options.file ?? config.migrations.schemaFile;
    return reportSchema(await writeSchema(settings, file, text, options.check || dryRun), options.check, dryRun);
  },
});

await runTask(schema, import.meta);
