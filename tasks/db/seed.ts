import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as seeds } from '@opsgraph/seeds/chapter';

export const seed = defineTask({
  name: 'db:seed',
  summary: 'Make the tables match the data sets',
  description:
    'Reads and checks every file first, then inserts what is missing and updates what differs, in one transaction with a ledger from which rollback-seed can undo it. Rows that are not in a file are left alone. Where nothing changed, that is proven by the file’s checksum and a digest of the table, or by comparing each row.',
  effect: 'write',
  needs: 'database',
  sections: ['seeds'],
  chapters: [seeds],
  guard: {
    confirm: (_options, { sandbox }) => (sandbox ? undefined : 'changes'),
  },
  graph: { after: ['migration:migrate'], reads: ['schema', 'data-sets'], writes: ['rows'] },
  options: {
    set: { type: 'list', value: 'NAME', description: 'only these data sets; default: those of the configuration' },
  },
  examples: [
    { command: 'pnpm --filter db run seed', says: 'loads every data set of the environment' },
    {
      command: 'pnpm --filter db run seed --set places --dry-run',
      says: 'counts what would change, and shows some of it',
    },
  ],
  async run({ session, config, projectRoot, environmentName, options, dryRun, run, talk }) {
    const { planSeed, reportPlanned, reportSeeded, seed: load } = await import('@opsgraph/seeds');
    const { followSets } = await import('./steps/follow-sets.ts');
    const followed = followSets(talk);
    const { directory, sets } = config.seeds;
    const input = {
      directory,
      sets: options.set.length > 0 ? options.set : sets,
      projectRoot,
      environment: environmentName,
      run,
      onRows: followed.read,
      onWrite: followed.write,
    };
    try {
      return dryRun ? reportPlanned(await planSeed(session, input)) : reportSeeded(await load(session, input));
    } finally {
      followed.end();
    }
  },
});

await runTask(seed, import.meta);
