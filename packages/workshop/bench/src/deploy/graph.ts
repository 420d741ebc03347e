import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import type { BenchContext, Table } from '../bench.ts';
import { type EmptyTask, writeEmptyGraph } from '../empty-graph.ts';
import { compare } from '../measure.ts';
import { repository, task, taskEnv, writeFiles } from '../project.ts';
import { runProcess } from '../run-process.ts';
import { endProcessesIn } from './fleet.ts';
import { writeApplication } from './write-application.ts';

const ours = 'turbo run deployment#deploy:staging';
const empty = 'the same graph of `node -e 0`';

/** As tasks/deployment/turbo.json has them. */
const tasks: readonly EmptyTask[] = [
  { id: 'service#typecheck' },
  { id: 'service#test', isCached: true },
  { id: 'deployment#release', after: 'service#typecheck service#test' },
  { id: 'setup#setup' },
  { id: 'deployment#preflight', after: 'deployment#release setup#setup' },
  { id: 'deployment#backup-gate', after: 'deployment#preflight' },
  { id: 'migration#migrate', after: 'deployment#backup-gate' },
  { id: 'deployment#rollout', after: 'migration#migrate' },
  { id: 'deployment#verify', after: 'deployment#rollout' },
  { id: 'deployment#finish', after: 'deployment#verify' },
];

/** A deployment to one host on this machine that has everything, as people start it. */
export async function deployGraph(bench: BenchContext, turbo: string, tools: Record<string, string>): Promise<Table> {
  const database = await bench.createDatabase();
  const root = join(bench.directory, 'deployment');
  const end = (): void => endProcessesIn(root);
  process.on('exit', end);
  const [port] = await freePorts(1);
  const deployment = {
    hosts: { here: {} },
    root: 'hosts',
    confirm: false,
    cleanCommit: false,
    service: { run: ['node', 'src/main.mjs'], ports: [port] },
  };
  await writeFiles(root, {
    'config/local.ts': 'export default {};\n',
    'config/staging.ts': `export default ${JSON.stringify({ sandbox: true, deployment })};\n`,
    'tasks/migration/migrations/20250101000000_nothing.sql': '-- migrate:up\nSELECT 1;\n',
  });
  await writeApplication(root, 1);
  const env = { ...taskEnv(root, database.url.reveal()), ...tools };
  // Its own cache: what this project gives is no release of the repository's application.
  const cache = `--cache-dir=${join(bench.directory, 'cache')}`;
  const run = async (directory: string, id: string, own: Record<string, string>): Promise<number> =>
    (await runProcess([turbo, 'run', id, '--ui=stream', cache], { directory, env: own })).milliseconds;
  const nothing = join(bench.directory, 'nothing-to-deploy');
  await writeEmptyGraph(nothing, tasks);
  try {
    bench.say('deploying');
    await run(repository, 'deployment#deploy:staging', env);
    bench.say('with nothing to deploy');
    const timings = await compare(
      [
        { name: ours, run: () => run(repository, 'deployment#deploy:staging', env) },
        { name: empty, run: () => run(nothing, 'deployment#finish', tools) },
      ],
      5,
    );
    return { title: 'nothing to deploy', reference: empty, timings };
  } finally {
    await runProcess(task('tasks/deployment/stop.ts', '--env', 'staging'), { directory: root, env });
    process.off('exit', end);
  }
}
