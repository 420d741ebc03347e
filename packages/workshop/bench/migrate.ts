import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestDatabase } from '@opsgraph/testing';
import type { Bench, BenchContext } from './src/bench.ts';
import { type Contender, compare } from './src/measure.ts';
import { graphileCommitted, knexModules, nodePgMigrateSql, plainSql } from './src/migration-files.ts';
import { createProject, setUp, task, taskEnv, writeFiles } from './src/project.ts';
import { runProcess } from './src/run-process.ts';
import { atMostTimes, fasterThan } from './src/targets.ts';

const count = 500;
const ours = 'opsgraph';
const loop = 'hand-written loop';

export const migrate: Bench = {
  name: 'migrate',
  title: `Migrations: ${count} of one table each`,
  about: [
    `Ours is \`task migrate.ts\` with its guard, lock, checksums and run record; the database has been set up, as it is whenever the task runs in the graph. The hand-written loop is the floor: \`pg\`, a lock, sha256 of each file, one transaction a file (packages/workshop/bench/peers/migrate-loop.mjs).`,
    'dbmate (its own binary) and graphile-migrate use one transaction a file, as we do, though we wait for the disk once, at the end (docs/decisions/migrations-wait-for-the-disk-once.md); knex and node-pg-migrate are run as they come: one transaction for all. All have the same tables as SQL; each starts on an empty database.',
  ].join('\n\n'),
  async run(bench) {
    const rivals = await createRivals(bench);
    const contenders = rivals.map((rival) => contender(bench, rival));
    bench.say('applying');
    const apply = await compare(contenders, 3);
    bench.say('with nothing to do');
    const noop = await compare(
      contenders.map(({ name, run }) => ({ name, run })),
      7,
    );
    const peers = rivals.map(({ name }) => name).filter((name) => name !== ours && name !== loop);
    return {
      tables: [
        { title: `apply ${count}`, reference: loop, timings: apply },
        { title: `${count} applied, nothing to do`, reference: loop, timings: noop },
      ],
      targets: [
        atMostTimes(apply, 'apply', ours, 1.2, loop),
        fasterThan(apply, 'apply', ours, peers),
        atMostTimes(noop, 'no-op', ours, 1.3, loop),
        fasterThan(noop, 'no-op', ours, ['knex', 'node-pg-migrate']),
      ],
      notes: [],
    };
  },
};

interface Rival {
  name: string;
  directory: string;
  argv: [string, ...string[]];
  env(url: string): Record<string, string>;
  prepare?(database: TestDatabase): Promise<void>;
}

async function createRivals({ directory, peers: install }: BenchContext): Promise<Rival[]> {
  const peers = await install();
  const program = (path: string): string => join(peers, 'node_modules', path);
  const place = (name: string): string => join(directory, name);
  const base = { PATH: process.env['PATH'] ?? '', HOME: directory, NODE_ENV: 'production' };
  const withUrl = (url: string): Record<string, string> => ({ ...base, DATABASE_URL: url });

  await createProject(place('opsgraph'));
  await writeFiles(join(place('opsgraph'), 'tasks/migration/migrations'), plainSql(count));
  await writeFiles(join(place('plain'), 'db/migrations'), plainSql(count));
  await writeFiles(join(place('knex'), 'migrations'), knexModules(count));
  await writeFiles(place('knex'), {
    'knexfile.cjs': "module.exports = { client: 'pg', connection: process.env.DATABASE_URL };\n",
  });
  // its program insists on the knex of the project
  await symlink(program(''), join(place('knex'), 'node_modules'));
  await writeFiles(join(place('node-pg-migrate'), 'migrations'), nodePgMigrateSql(count));
  await writeFiles(join(place('graphile-migrate'), 'migrations/committed'), graphileCommitted(count));
  await writeFiles(place('graphile-migrate'), { '.gmrc': '{}\n', 'migrations/current.sql': '' });

  const node = process.execPath;
  return [
    {
      name: ours,
      directory: place('opsgraph'),
      argv: task('tasks/migration/migrate.ts'),
      env: (url) => taskEnv(place('opsgraph'), url),
      prepare: setUp,
    },
    {
      name: loop,
      directory: place('plain'),
      argv: [node, join(peers, 'migrate-loop.mjs'), 'db/migrations'],
      env: withUrl,
    },
    {
      name: 'dbmate',
      directory: place('plain'),
      argv: [dbmate(program), '--no-dump-schema', 'migrate'],
      env: (url) => withUrl(`${url}?sslmode=disable`),
    },
    {
      name: 'knex',
      directory: place('knex'),
      argv: [node, program('knex/bin/cli.js'), 'migrate:latest', '--knexfile', 'knexfile.cjs'],
      env: withUrl,
    },
    {
      name: 'node-pg-migrate',
      directory: place('node-pg-migrate'),
      argv: [node, program('node-pg-migrate/bin/node-pg-migrate.js'), 'up', '--migrations-dir', 'migrations'],
      env: withUrl,
    },
    {
      name: 'graphile-migrate',
      directory: place('graphile-migrate'),
      argv: [node, program('graphile-migrate/dist/cli.js'), 'migrate'],
      env: withUrl,
    },
  ];
}

function dbmate(program: (path: string) => string): string {
  return program(`@dbmate/${process.platform}-${process.arch}/bin/dbmate`);
}

function contender(bench: BenchContext, { name, directory, argv, env, prepare }: Rival): Contender {
  let database: TestDatabase | undefined;
  return {
    name,
    async prepare() {
      await database?.drop();
      database = await bench.createDatabase();
      await prepare?.(database);
      await checkpoint(database);
    },
    run: async () => (await runProcess(argv, { directory, env: env(database!.url.reveal()) })).milliseconds,
    async verify() {
      const [row] = await database!.session((session) =>
        session.query<{ tables: number }>(
          "SELECT count(*) AS tables FROM pg_tables WHERE tablename ~ '^bench_[0-9]+$'",
        ),
      );
      if (row!.tables !== count) throw new Error(`${name} made ${row!.tables} tables of ${count}`);
    },
  };
}

/** What earlier runs left in memory is written out now, not during the next one. */
async function checkpoint(database: TestDatabase): Promise<void> {
  await database.session((session) => session.execute('CHECKPOINT'));
}
