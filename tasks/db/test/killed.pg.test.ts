import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { type Session, withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestDatabase, until } from '@opsgraph/testing';
import { afterEach, describe, expect, it } from 'vitest';

const seed = join(import.meta.dirname, '..', 'seed.ts');
const rollbackSeed = join(import.meta.dirname, '..', 'rollback-seed.ts');
const rows = 30_000;
const projects: TaskProject[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

async function projectWithSeeds(database?: TestDatabase): Promise<TaskProject> {
  const project = await createTaskProject({
    ...(database && { database }),
    prepare: (session) =>
      session.execute(
        'CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, amount integer NOT NULL)',
      ),
  });
  projects.push(project);
  project.write(
    'tasks/db/seeds/seeds.ts',
    "export default [{ name: 'items', table: 'item', file: 'items.ndjson', key: ['code'] }];\n",
  );
  project.write(
    'tasks/db/seeds/items.ndjson',
    Array.from({ length: rows }, (_, n) => `{"code":"c${n}","amount":${n}}\n`).join(''),
  );
  return project;
}

const content = (session: Session) =>
  session.query('SELECT count(*)::integer AS rows, coalesce(sum(amount), 0)::integer AS sum FROM item');
const all = [{ rows, sum: (rows * (rows - 1)) / 2 }];
const none = [{ rows: 0, sum: 0 }];

describe('seed', () => {
  it('killed at twenty points leaves all or nothing, and completes when run again', async () => {
    const project = await projectWithSeeds();
    let hits = 0;
    for (let kill = 0; kill < 20; kill += 1) {
      const task = project.start(seed, ['--quiet']);
      await Promise.race([sleep(100 + kill * 45), task.ended]);
      if (task.child.exitCode === null) hits += 1;
      task.child.kill('SIGKILL');
      await task.ended;
      const left = await project.database.session(content);
      expect([all, none]).toContainEqual(left);
      if (left[0]!['rows'] === rows) expect(await project.run(rollbackSeed, ['--quiet'])).toMatchObject({ code: 0 });
      expect(await project.database.session(content)).toEqual(none);
    }
    expect(hits).toBeGreaterThan(5);
    expect(await project.run(seed)).toMatchObject({ code: 0 });
    expect(await project.database.session(content)).toEqual(all);
    expect(await project.run(seed, ['--json'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"outcome": "ok"'),
    });
  });

  it('survives the server being stopped under it: 69, nothing half done, then the same command completes', async () => {
    const cluster = await startTestCluster();
    try {
      const settings = {
        url: cluster.url,
        applicationName: 'test',
        lockTimeout: 5000,
        statementTimeout: 20_000,
        connectTimeout: 5000,
      };
      const session: TestDatabase['session'] = (work) => withSession(settings, work);
      const project = await projectWithSeeds({ name: 'postgres', url: cluster.url, session, drop: async () => {} });
      // This cluster does not wait for its disk; what the test itself made must outlive the server.
      await session((one) => one.execute('CHECKPOINT'));
      const task = project.start(seed);
      // Its work connection is in the middle of a transaction.
      await until(
        async () =>
          (
            await session((one) =>
              one.query(
                "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'ops db:seed%' AND xact_start IS NOT NULL AND backend_xid IS NOT NULL",
              ),
            )
          ).length > 0,
      );
      await cluster.stop('immediate');
      expect(await task.ended).toMatchObject({ code: 69 });
      await cluster.start();
      expect(await session(content)).toEqual(none);
      expect(await project.run(seed)).toMatchObject({ code: 0 });
      expect(await session(content)).toEqual(all);
    } finally {
      await cluster.remove();
    }
  });

  it('two at once are one, and both exit 0', async () => {
    const project = await projectWithSeeds();
    const both = await Promise.all([project.run(seed, ['--json']), project.run(seed, ['--json'])]);
    expect(both.map(({ code, stdout }) => [code, JSON.parse(stdout).outcome]).sort()).toEqual([
      [0, 'changed'],
      [0, 'ok'],
    ]);
    expect(await project.database.session(content)).toEqual(all);
  });
});
