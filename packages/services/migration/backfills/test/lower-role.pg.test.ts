import { createTestDatabase, layTraps } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject, type Project } from './project.ts';

let project: Project;
let role: string;
beforeAll(async () => {
  project = await createProject();
  const functions =
    'array_agg array_to_string coalesce clock_timestamp count current_setting date_part extract format_type max min pg_current_wal_lsn pg_has_role pg_partition_tree pg_relation_size pg_table_is_visible pg_wal_lsn_diff set_config sum unnest';
  role = await project.session(async (session) => {
    await session.execute(
      `CREATE TABLE one (id varchar(36) PRIMARY KEY, note text); INSERT INTO one SELECT 'k' || n FROM generate_series(1, 3000) n;
       CREATE TABLE two (area varchar(9), place name, note text, PRIMARY KEY (area, place));
       INSERT INTO two SELECT 'a' || n % 7, 'p' || n FROM generate_series(1, 3000) n`,
    );
    return layTraps(session, functions.split(' '));
  });
});
afterAll(async () => {
  await project.remove();
  const cluster = await createTestDatabase();
  await cluster.session((session) => session.execute(`DROP ROLE ${role}`));
  await cluster.drop();
});

it('never calls what a lower role has put beside the functions and operators of PostgreSQL', async () => {
  for (const [table, key] of [
    ['one', "'id'"],
    ['two', "['area', 'place']"],
  ])
    await project.define(
      table!,
      `table: '${table}', key: ${key}, rows: 'note IS NULL', set: "note = 'x'", done: 'no-row-left'`,
    );
  await project.define(
    'work',
    "table: 'one', key: 'id', rows: 'note IS NOT NULL', async work(session) { await session.execute('UPDATE one SET note = NULL'); }, done: 'no-row-left'",
  );
  await project.run({ batchTime: 5 });
  await expect(project.query("SELECT 1 FROM one WHERE id = 'x'")).rejects.toThrow('trap');
  expect(await project.query('SELECT name, state FROM ops.backfill ORDER BY name')).toEqual([
    { name: 'one', state: 'done' },
    { name: 'two', state: 'done' },
    { name: 'work', state: 'done' },
  ]);
});
