import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Finding, Known, lintSql } from '../src/index.ts';

// What is safe beside running code on a plain table is refused by a partitioned one.
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  database.session((session) =>
    session.execute(`DROP TABLE IF EXISTS parts, users CASCADE;
      CREATE TABLE users (id bigint PRIMARY KEY);
      CREATE TABLE parts (id bigint NOT NULL, owner bigint, code text) PARTITION BY RANGE (id);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)`),
  ),
);

const tables = [{ schema: 'public', name: 'parts', isPartitioned: true }];
const lint = (sql: string): Promise<Finding[]> =>
  lintSql(sql, { file: 'a.sql', known: new Known(tables), transaction: false });

test.each([
  ['create-index', 'warning', 'CREATE INDEX i ON parts USING btree (owner DESC) WHERE owner > 0'],
  ['create-index', 'error', 'CREATE INDEX CONCURRENTLY i ON parts (owner)'],
  ['create-index', 'warning', 'CREATE UNIQUE INDEX ON parts (id, owner) INCLUDE (code)'],
  ['add-unique', 'warning', 'ALTER TABLE parts ADD CONSTRAINT i UNIQUE (id, code)'],
  ['add-primary-key', 'warning', 'ALTER TABLE parts ADD PRIMARY KEY (id)'],
  ['add-foreign-key', 'warning', 'ALTER TABLE parts ADD CONSTRAINT i FOREIGN KEY (owner) REFERENCES users'],
])('%s (%s) shows what the server does to a partitioned table: %s', async (rule, level, sql) => {
  const finding = (await lint(sql)).find((one) => one.rule === rule);
  expect(finding).toMatchObject({ level });
  await database.session(async (session) => {
    for (const step of finding!.safe) {
      const statements = step.sql.replaceAll('<partition>', 'parts_1');
      await session.execute(step.transaction ? `BEGIN; ${statements}; COMMIT` : statements);
    }
    expect(
      await session.query('SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE NOT indisvalid'),
    ).toEqual([]);
    expect(
      await session.query(
        `SELECT 1 FROM pg_index WHERE indrelid = 'parts'::regclass
         UNION ALL SELECT 1 FROM pg_constraint WHERE conrelid = 'parts'::regclass AND contype = 'f' AND convalidated`,
      ),
    ).toHaveLength(1);
  });
});

test('the steps themselves are nothing to find, where PostgreSQL reads them', async () => {
  for (const sql of ['CREATE INDEX IF NOT EXISTS i ON ONLY parts (owner)', 'ALTER TABLE ONLY parts ADD UNIQUE (id)'])
    expect((await lint(sql)).map(({ rule }) => rule).filter((rule) => rule !== 'repeatable-statement')).toEqual([]);
});

test('a partitioned table of an earlier file is known, and one of the same file too', async () => {
  const known = new Known();
  const parts = 'CREATE TABLE p (id bigint) PARTITION BY RANGE (id);';
  const index = 'CREATE INDEX CONCURRENTLY i ON p (id);';
  const found = async (sql: string) =>
    (await lintSql(sql, { file: 'a.sql', known, transaction: false })).map(({ rule, lasts }) => [rule, lasts]);
  expect(await found(parts + index)).toContainEqual(['create-index', 'does-not-run']);
  expect(await found(index)).toContainEqual(['create-index', 'does-not-run']);
});
