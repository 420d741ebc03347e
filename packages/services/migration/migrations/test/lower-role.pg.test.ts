import { layTraps } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { migrate, planMigrations, repair, rollback } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();

const functions =
  'array_agg clock_timestamp coalesce concat_ws count current_schema current_setting date_trunc format_type max min nullif octet_length pg_relation_size pg_stat_get_live_tuples pg_total_relation_size quote_ident set_config string_agg sum to_regclass unnest';

it('keeps its records without what a lower role has put beside the functions and operators of PostgreSQL', async () => {
  const own =
    '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n-- migrate:down\nDROP INDEX a_id;\n';
  await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b'), '3_i.sql': own });
  await project.database.session(async (session) => {
    const role = await layTraps(session, functions.split(' '));
    const settings = { ...project.settings, appRole: role };
    expect((await planMigrations(session, settings)).pending).toHaveLength(3);
    expect((await migrate(session, settings)).applied).toHaveLength(3);
    expect((await migrate(session, settings)).applied).toHaveLength(0);
    await repair(session, {
      ...settings,
      accept: [],
      forget: [],
      applied: [],
      pending: [],
      unlock: false,
      dryRun: false,
    });
    expect((await rollback(session, { ...settings, steps: 3, dryRun: false })).reverted).toHaveLength(3);
    await expect(session.query("SELECT 1 FROM pg_class WHERE oid = 'pg_class'::regclass")).rejects.toThrow('trap');
    await session.execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});
