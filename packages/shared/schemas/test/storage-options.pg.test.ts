import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareSchemas, readSchema, renderSchema } from '../src/index.ts';
import { richSchema } from './rich-schema.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.session((session) => session.execute(richSchema));
});
afterAll(() => database.drop());

/** The schema before and after `sql`, which is undone. */
function around(sql: string) {
  return database.session(async (session) => {
    const before = await readSchema(session);
    await session.execute('BEGIN');
    await session.execute(sql);
    const after = await readSchema(session);
    await session.execute('ROLLBACK');
    return { before, after };
  });
}

describe('what a server notes for itself among the options', () => {
  it.each([
    [
      'of columns',
      "UPDATE pg_attribute SET attoptions = array_append(attoptions, 'pg_attver=267803800') FROM pg_class c WHERE c.oid = attrelid AND attrelid >= 16384 AND attnum > 0 AND relkind NOT IN ('i', 'I')",
    ],
    [
      'of tables, their TOAST, views and indexes',
      "UPDATE pg_class SET reloptions = array_append(reloptions, 'pg_relver=267803800') WHERE oid >= 16384",
    ],
  ])('is no part of the schema: %s', async (_where, sql) => {
    const { before, after } = await around(sql);
    expect(compareSchemas(before, after)).toEqual([]);
    expect(renderSchema(after)).toBe(renderSchema(before));
    expect(renderSchema(after)).not.toMatch(/pg_attver|pg_relver/);
  });

  it('hides none that the owner set beside it', async () => {
    const { after } = await around(
      `ALTER TABLE app.people ALTER email SET (n_distinct_inherited = 7, n_distinct = 5);
       UPDATE pg_attribute SET attoptions = array_append(attoptions, 'pg_attver=1') WHERE attrelid = 'app.people'::regclass AND attname = 'email';
       CREATE INDEX marked ON app.people (email) WITH (deduplicate_items = off, fillfactor = 70);
       UPDATE pg_class SET reloptions = array_prepend('pg_relver=1', reloptions) WHERE oid = 'app.marked'::regclass`,
    );
    const text = renderSchema(after);
    expect(text).toContain('ALTER TABLE app.people ALTER COLUMN email SET (n_distinct=5, n_distinct_inherited=7);');
    expect(text).toMatch(/CREATE INDEX marked .* WITH \(deduplicate_items=off, fillfactor='70'\);/);
  });
});

describe('every option that an owner can set', () => {
  it('is seen, of tables', async () => {
    const options = [
      'autovacuum_analyze_scale_factor=0.5',
      'autovacuum_analyze_threshold=5',
      'autovacuum_enabled=off',
      'autovacuum_freeze_max_age=500000',
      'autovacuum_freeze_min_age=5',
      'autovacuum_freeze_table_age=5',
      'autovacuum_multixact_freeze_max_age=500000',
      'autovacuum_multixact_freeze_min_age=5',
      'autovacuum_multixact_freeze_table_age=5',
      'autovacuum_vacuum_cost_delay=5',
      'autovacuum_vacuum_cost_limit=5',
      'autovacuum_vacuum_insert_scale_factor=0.5',
      'autovacuum_vacuum_insert_threshold=5',
      'autovacuum_vacuum_scale_factor=0.5',
      'autovacuum_vacuum_threshold=5',
      'fillfactor=50',
      'log_autovacuum_min_duration=5',
      'parallel_workers=5',
      'toast_tuple_target=500',
      'user_catalog_table=on',
      'vacuum_index_cleanup=off',
      'vacuum_truncate=off',
    ];
    const { after } = await around(`CREATE TABLE app.optional (a text) WITH (${options.join(', ')})`);
    expect(renderSchema(after)).toContain(`WITH (${options.join(', ')});`);
  });

  it.each([
    ['CREATE VIEW app.optional WITH (security_barrier) AS SELECT 1 AS a', 'WITH (security_barrier=true)'],
    ['CREATE VIEW app.optional AS SELECT mood FROM app.people WITH CHECK OPTION', 'WITH (check_option=cascaded)'],
    [
      'CREATE INDEX optional ON app.people USING brin (email) WITH (autosummarize, pages_per_range = 7)',
      'autosummarize',
    ],
    ['CREATE INDEX optional ON app.people USING hash (email) WITH (fillfactor = 70)', "WITH (fillfactor='70')"],
  ])('is seen: %s', async (sql, expected) => {
    expect(renderSchema((await around(sql)).after)).toContain(expected);
  });
});
