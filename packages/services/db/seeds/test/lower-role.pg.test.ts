import { migrateLedger } from '@opsgraph/ledger';
import { createTestDatabase, layTraps, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chapter } from '../src/chapter.ts';
import { exportSeed, planSeed, rollbackSeed, seed, seedStatus } from '../src/index.ts';
import { makeProject, type Project } from './project.ts';
import { contents, counts, shopRows, shopSql, shops, townRows, towns } from './shop.ts';

/** Functions of PostgreSQL that are in our SQL for tables of any type. */
const shadowed =
  'array_agg array_length array_remove array_to_string cardinality chr clock_timestamp concat_ws convert_from count format format_type has_sequence_privilege has_table_privilege hashtextextended jsonb_agg jsonb_build_array jsonb_build_object json_build_object left length lower max md5 min now num_nulls octet_length pg_get_constraintdef pg_get_expr pg_get_serial_sequence pg_input_is_valid pg_input_error_info pg_relation_size position quote_ident quote_literal quote_nullable regexp_replace replace right row_number row_to_json setval split_part starts_with strpos string_agg substr substring sum to_char to_json to_jsonb to_regclass trim btrim unnest upper xmin';

let database: TestDatabase;
let project: Project;
let role: string;
beforeAll(async () => {
  project = makeProject([shops, towns], { 'towns.json': townRows, 'shops.csv': shopRows });
  database = await createTestDatabase();
  role = await database.session(async (session) => {
    await migrateLedger(session, [chapter]);
    await session.execute(shopSql);
    // What it finds to update, and numbers that a file brings.
    await session.execute("INSERT INTO town (country, name, people) VALUES ('DE', 'Bonn', 1), ('NL', 'Delft', 2)");
    return layTraps(session, shadowed.split(' '));
  });
});
afterAll(async () => {
  project.remove();
  await database.drop();
  const cluster = await createTestDatabase();
  await cluster.session((session) => session.execute(`DROP ROLE ${role}`));
  await cluster.drop();
});

it('never calls what a lower role has put beside the functions and operators of PostgreSQL', async () => {
  await database.session(async (session) => {
    const before = await contents(session);
    expect((await planSeed(session, { ...project.input('p1'), limit: 5 } as never)).sets).toHaveLength(2);
    expect(counts(await seed(session, project.input('r1')))).toEqual({ towns: [2, 1, 0], shops: [2, 0, 0] });
    expect(counts(await seed(session, project.input('r2')))).toEqual({ towns: [0, 0, 3], shops: [0, 0, 2] });
    expect(await seedStatus(session, project.input('s1'))).toHaveLength(2);
    const place = { directory: project.directory, projectRoot: project.root };
    const how = { key: [], without: [], mayReplace: true, mayLeaveProject: false, dryRun: true };
    for (const table of ['town', 'shop']) expect(await exportSeed(session, { ...place, ...how, table })).toBeDefined();
    await rollbackSeed(session, {
      set: undefined,
      keepChanged: false,
      dryRun: false,
      run: { id: 'u1' },
      directory: project.directory,
    });
    expect(await contents(session)).toEqual(before);
    // The traps are there.
    await expect(session.query("SELECT 1 FROM town WHERE name = 'x'")).rejects.toThrow('trap');
  });
});
