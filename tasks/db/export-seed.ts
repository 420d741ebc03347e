import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as seeds } from '@opsgraph/seeds/chapter';

export const exportSeed = defineTask({
  name: 'db:export-seed',
  summary: 'Write the rows of a table into a file that seeds back to the same rows',
  description:
    'Rows are told apart by a natural key; values that the table makes (ids) are left out, and references to them become the natural keys of the rows they lead to. The same rows give the same bytes. The database is only read, at one moment. Prints the entry that seeds.ts needs.',
  effect: 'read',
  needs: 'database',
  sections: ['seeds'],
  chapters: [seeds],
  graph: { reads: ['rows'], writes: ['data-sets'] },
  options: {
    table: { type: 'string', value: 'NAME', description: 'the table, with its schema if it needs one', required: true },
    where: { type: 'string', value: 'SQL', description: 'only rows that meet this condition; the table is called t' },
    key: {
      type: 'list',
      value: 'COLUMNS',
      description: 'the unique key to tell rows apart by; default: chosen automatically',
    },
    without: { type: 'list', value: 'COLUMNS', description: 'columns that the file must not have' },
    format: {
      type: 'choice',
      choices: ['ndjson', 'json', 'csv'],
      description: 'format of the file; default: by its extension, otherwise ndjson',
    },
    out: { type: 'path', description: 'the file to write; default: beside seeds.ts, named like the table' },
    replace: { type: 'boolean', description: 'overwrite a file that holds something else' },
    'outside-project': { type: 'boolean', description: 'allow --out outside the project' },
  },
  examples: [
    { command: 'pnpm --filter db run export-seed --table simulations', says: 'writes simulations.ndjson' },
    {
      command: 'pnpm --filter db run export-seed --table places --where "t.country_code = \'DE\'" --format csv',
      says: 'writes some rows as CSV',
    },
  ],
  async run({ session, config, projectRoot, options, dryRun, talk }) {
    const { exportSeed: write, reportExported } = await import('@opsgraph/seeds');
    const progress = talk.progress('writing', 'rows');
    const { format, ...wish } = options;
    try {
      const result = await write(session, {
        ...wish,
        format: format as 'ndjson' | 'json' | 'csv' | undefined,
        directory: config.seeds.directory,
        projectRoot,
        mayReplace: options.replace,
        mayLeaveProject: options['outside-project'],
        dryRun,
        onRows: progress.update,
      });
      return reportExported(result, dryRun);
    } finally {
      progress.end();
    }
  },
});

await runTask(exportSeed, import.meta);
