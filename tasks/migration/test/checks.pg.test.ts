import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { until } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = join(import.meta.dirname, '..');
const task = (name: string): string => join(here, `${name}.ts`);
let project: TaskProject;
const committed = (): string => join(project.root, 'tasks', 'migration', 'schema.sql');

/** Of both kinds: a migration of knex, and a file of SQL. */
beforeAll(async () => {
  project = await createTaskProject();
  project.write(
    'tasks/migration/migrations/1_places.ts',
    `export async function up(knex) {
       await knex.schema.createTable('places', (table) => {
         table.specificType('id', 'bigint GENERATED ALWAYS AS IDENTITY').primary();
         table.text('name').notNullable().unique().comment('as on maps');
         table.specificType('latitude', 'double precision').notNullable();
         table.check('latitude BETWEEN -90 AND 90', [], 'places_latitude_range');
       });
     }
     export const down = (knex) => knex.schema.dropTable('places');`,
  );
  project.write(
    'tasks/migration/migrations/2_northern.sql',
    '-- migrate:up\nCREATE VIEW northern AS SELECT name FROM places WHERE latitude > 0;\n-- migrate:down\nDROP VIEW northern;\n',
  );
});
afterAll(() => project.remove());

/** Scratch databases that stand beside the target of a project. */
const scratches = ({ database }: TaskProject) =>
  database.session((session) =>
    session.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database d WHERE shobj_description(d.oid, 'pg_database') = 'scratch beside ' || current_database()",
    ),
  );

describe('migrations', () => {
  it('are undone exactly by their downs', async () => {
    const { code, stdout } = await project.run(task('verify'), ['--json']);
    expect([code, JSON.parse(stdout).result.findings]).toEqual([0, []]);
  });

  it('make the schema that is written to the file of the configuration', async () => {
    expect(await project.run(task('schema'), ['--check'])).toMatchObject({ code: 1 });
    expect(await project.run(task('schema'))).toMatchObject({ code: 0 });
    const { code, stdout } = await project.run(task('schema'), ['--check']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('is up to date')]);
    expect(readFileSync(committed(), 'utf8')).toContain('CREATE VIEW public.northern');
  });

  it('are rehearsed, applied and then show no drift, until somebody changes something by hand', async () => {
    const rehearsal = await project.run(task('migrate'), ['--dry-run', '--json']);
    const { result } = JSON.parse(rehearsal.stdout);
    expect(
      result.migrations.map(
        ({ skipped, unmeasured }: { skipped?: string; unmeasured?: string }) => skipped ?? unmeasured,
      ),
    ).toEqual(result.migrations.map(() => undefined));
    expect(await project.run(task('migrate'))).toMatchObject({ code: 0 });
    expect(await project.run(task('drift'))).toMatchObject({ code: 0 });
    expect(await project.run(task('schema'), ['--of', 'target', '--file', 'live.sql'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(project.root, 'live.sql'), 'utf8')).toBe(readFileSync(committed(), 'utf8'));

    await project.database.session((session) => session.execute('ALTER TABLE places ALTER latitude DROP NOT NULL'));
    const drifted = await project.run(task('drift'));
    expect([drifted.code, drifted.stdout]).toEqual([
      1,
      expect.stringContaining('column public.places.latitude: differs'),
    ]);
    expect(await scratches(project)).toEqual([]);
  });
});

it('leaves no scratch database when it is killed: the next run sweeps it', async () => {
  const killed = await createTaskProject();
  killed.write('tasks/migration/migrations/1_slow.sql', '-- migrate:up\nSELECT pg_sleep(60);');
  try {
    const run = killed.start(task('verify'));
    const name = await until(async () => (await scratches(killed))[0]?.name);
    run.child.kill('SIGKILL');
    await run.ended;
    // Older than it is, as if an hour had passed.
    const aged = name.replace(/_\d{9,}_/, '_1000000000_');
    await until(async () => {
      const using = `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`;
      return (await project.database.session((session) => session.query(using))).length === 0;
    });
    await project.database.session((session) => session.execute(`ALTER DATABASE ${name} RENAME TO ${aged}`));
    expect(await project.run(task('verify'))).toMatchObject({ code: 0 });
    expect(await scratches(killed)).toEqual([]);
  } finally {
    await killed.remove();
  }
});

it('removes its scratch database when it is interrupted', async () => {
  const stopped = await createTaskProject();
  stopped.write('tasks/migration/migrations/1_slow.sql', '-- migrate:up\nSELECT pg_sleep(60);');
  try {
    const run = stopped.start(task('verify'));
    await until(async () => {
      const [scratch] = await scratches(stopped);
      const busy = `SELECT 1 FROM pg_stat_activity WHERE datname = '${scratch?.name}' AND query ~ 'pg_sleep'`;
      return (await stopped.database.session((session) => session.query(busy))).length > 0;
    });
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 130 });
    expect(await scratches(stopped)).toEqual([]);
  } finally {
    await stopped.remove();
  }
});
