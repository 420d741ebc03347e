import { join } from 'node:path';
import type { Bench } from './src/bench.ts';
import { type Contender, compare } from './src/measure.ts';
import { createProject, setUp, task, taskEnv, writeFiles } from './src/project.ts';
import { runProcess } from './src/run-process.ts';
import { atMostTimes } from './src/targets.ts';

const bare = 'node -e 0';
const help = 'seed --help';

export const startUp: Bench = {
  name: 'start-up',
  title: 'What a task costs that has nothing to do',
  about: [
    'Each a process from start to end. “connect” is the least that a program with a database does: import `pg`, connect, `SELECT 1` (packages/workshop/bench/peers/connect.mjs).',
    'A task beyond that reads its configuration, opens two connections (one for lock and record, one for the work), checks that the target is the configured environment and that no transaction-mode pooler is between, takes the lock of its domain, and writes its log, its audit and its record in the target.',
  ].join('\n\n'),
  async run(bench) {
    const database = await bench.createDatabase();
    await setUp(database);
    await database.session((session) =>
      session.execute('CREATE TABLE words (word text PRIMARY KEY, length integer NOT NULL)'),
    );
    const root = join(bench.directory, 'project');
    await createProject(root);
    await writeFiles(join(root, 'tasks'), {
      'db/seeds/seeds.ts': "export default [{ name: 'words', table: 'words', file: 'words.csv', key: ['word'] }];\n",
      'db/seeds/words.csv': 'word,length\none,3\ntwo,3\nthree,5\n',
      'migration/migrations/20250101000000_nothing.sql': '-- migrate:up\nSELECT 1;\n',
    });
    const env = taskEnv(root, database.url.reveal());
    const node = process.execPath;
    const contender = (name: string, argv: [string, ...string[]]): Contender => ({
      name,
      run: async () => (await runProcess(argv, { directory: root, env })).milliseconds,
    });
    const timings = await compare(
      [
        contender(bare, [node, '-e', '0']),
        contender('connect', [node, join(await bench.peers(), 'connect.mjs')]),
        contender(help, task('tasks/db/seed.ts', '--help')),
        contender('db status (reads)', task('tasks/db/status.ts')),
        contender('migrate, nothing pending', task('tasks/migration/migrate.ts')),
        contender('seed, a tiny set that is there', task('tasks/db/seed.ts')),
      ],
      15,
    );
    return {
      tables: [{ title: 'process', reference: bare, timings }],
      targets: [atMostTimes(timings, 'help of a task', help, 2, bare)],
      notes: [],
    };
  },
};
