import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { type Session, withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestDatabase, until } from '@opsgraph/testing';
import { afterEach, describe, expect, it } from 'vitest';

const migrate = join(import.meta.dirname, '..', 'migrate.ts');
const migrations = 40;
const projects: TaskProject[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

/** Forty migrations in both kinds; each makes a table and puts a row into a common one, slowly enough to be hit. */
async function projectWithMigrations(database?: TestDatabase): Promise<TaskProject> {
  const project = await createTaskProject(database === undefined ? {} : { database });
  projects.push(project);
  const directory = 'tasks/migration/migrations';
  project.write(
    `${directory}/00_log.sql`,
    '-- migrate:up\nCREATE TABLE log (step integer);\n-- migrate:down\nDROP TABLE log;\n',
  );
  for (let step = 1; step < migrations; step += 1) {
    const name = `${directory}/${String(step).padStart(2, '0')}_step`;
    const sql = [`CREATE TABLE t${step} (id integer)`, 'SELECT pg_sleep(0.01)', `INSERT INTO log VALUES (${step})`];
    if (step % 4 === 0) {
      const calls = sql.map((statement) => `  await knex.raw(${JSON.stringify(statement)});`).join('\n');
      project.write(
        `${name}.js`,
        `exports.up = async (knex) => {\n${calls}\n};\nexports.down = (knex) => knex.schema.dropTable('t${step}');\n`,
      );
    } else project.write(`${name}.sql`, `-- migrate:up\n${sql.join(';\n')};\n-- migrate:down\nDROP TABLE t${step};\n`);
  }
  return project;
}

/** Everything that a run leaves, without times and ids. */
async function state(session: Session) {
  return {
    tables: await session.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname ~ '^t[0-9]+$' ORDER BY substr(relname, 2)::integer",
    ),
    log: await session.query('SELECT step FROM log ORDER BY ctid').catch(() => []),
    knex: await session.query('SELECT name FROM knex_migrations ORDER BY id').catch(() => []),
    ledger: await session.query('SELECT stem, sha256 FROM ops.migration ORDER BY stem'),
    locks: await session.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    ),
  };
}

describe('migrate', () => {
  it('killed at twenty points and run again ends as if it had never been killed', async () => {
    const undisturbed = await projectWithMigrations();
    expect(await undisturbed.run(migrate)).toMatchObject({ code: 0 });
    const wanted = await undisturbed.database.session(state);
    expect(wanted.ledger).toHaveLength(migrations);

    const project = await projectWithMigrations();
    for (let kill = 0; kill < 20; kill += 1) {
      const task = project.start(migrate, ['--quiet']);
      await Promise.race([sleep(150 + ((kill * 37) % 300)), task.ended]);
      task.child.kill('SIGKILL');
      await task.ended;
      // The server still ends the message that it has; the reads below are no single snapshot.
      await until(async () => (await project.database.session(backends)).length === 0);
      // What is there is whole: as many tables and log rows as the ledger says.
      const left = await project.database.session(state);
      const steps = left.ledger.filter(({ stem }) => stem !== '00_log').length;
      expect([left.tables.length, left.log.length]).toEqual([steps, steps]);
    }
    expect(await project.run(migrate)).toMatchObject({ code: 0 });
    expect(await project.database.session(state)).toEqual(wanted);
  });

  it('survives the server being stopped under it: 69, then the same command completes', async () => {
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
      const project = await projectWithMigrations({
        name: 'postgres',
        url: cluster.url,
        session,
        drop: async () => {},
      });
      // This cluster does not wait for its disk; what the test itself made must outlive the server.
      await session((one) => one.execute('CHECKPOINT'));
      const task = project.start(migrate);
      await until(async () => (await session(state)).ledger.length >= 5);
      await cluster.stop('immediate');
      expect(await task.ended).toMatchObject({ code: 69, stderr: expect.stringContaining('was lost') });
      await cluster.start();
      expect(await project.run(migrate)).toMatchObject({ code: 0 });
      const end = await session(state);
      expect([end.ledger.length, end.log.length, end.tables.length]).toEqual([
        migrations,
        migrations - 1,
        migrations - 1,
      ]);
    } finally {
      await cluster.remove();
    }
  });

  it('sixteen at once on an empty database: one applies, all exit 0', async () => {
    const project = await projectWithMigrations();
    const all = await Promise.all(Array.from({ length: 16 }, () => project.run(migrate, ['--json'])));
    expect(all.map(({ code }) => code)).toEqual(Array(16).fill(0));
    const outcomes = all.map(({ stdout }) => JSON.parse(stdout).outcome);
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
    expect((await project.database.session(state)).ledger).toHaveLength(migrations);
  });
});

const backends = (session: Session) =>
  session.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'ops migration:migrate%'",
  );
