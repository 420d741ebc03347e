import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, serverVersion, type TestDatabase, testServerHas } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finding, lintSql } from '../src/index.ts';
import { steadyFunctions } from '../src/volatile.ts';

// What the rules claim, measured: the locks, the rewrites, and that the safe forms run.
const schema = `
  CREATE TABLE users (id bigint PRIMARY KEY, name text);
  CREATE TABLE runs (id bigint NOT NULL, n integer NOT NULL, owner bigint, code text NOT NULL, span int4range);
  CREATE TABLE parts (id bigint) PARTITION BY RANGE (id);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
  CREATE MATERIALIZED VIEW newest AS SELECT id FROM runs;
  CREATE UNIQUE INDEX newest_id ON newest (id);
  CREATE INDEX by_code ON runs (code);
  CREATE TYPE state AS ENUM ('done');
  CREATE TRIGGER touch BEFORE UPDATE ON runs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
  CREATE POLICY own ON runs;
  CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING;
  INSERT INTO users VALUES (1, 'ana');
  INSERT INTO runs SELECT i, i, 1, 'c' || i, int4range(i, i + 1) FROM generate_series(1, 100) AS i;
`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** In a schema of its own. */
async function inSchema<T>(work: (session: Session) => Promise<T>): Promise<T> {
  return database.session(async (session) => {
    await session.execute(`DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; ${schema}`);
    return work(session);
  });
}

async function finding(sql: string, rule: string): Promise<Finding> {
  const found = (
    await lintSql(sql, { file: 'a.sql', version: serverVersion, hasLockTimeout: rule !== 'lock-timeout' })
  ).find((one) => one.rule === rule);
  if (found === undefined) throw new Error(`${rule} does not find ${sql}`);
  return found;
}

const files =
  "SELECT relname, pg_relation_filenode(oid) AS file FROM pg_class WHERE relname IN ('runs', 'users') ORDER BY relname";

/** The strongest locks on the tables there were, and whether a table got new files, of a statement rolled back. */
async function measure(session: Session, sql: string) {
  const before = await session.query(files);
  await session.execute('BEGIN');
  await session.execute(sql);
  const locks = await session.query<{ relation: string; modes: string[] }>(
    `SELECT relation::regclass::text AS relation, array_agg(mode) AS modes FROM pg_locks
     WHERE pid = pg_backend_pid() AND locktype = 'relation' GROUP BY 1`,
  );
  const after = await session.query(files);
  await session.execute('ROLLBACK');
  return {
    modes: new Map(locks.map(({ relation, modes }) => [relation, modes.map(spell)])),
    isRewritten: JSON.stringify(before) !== JSON.stringify(after),
  };
}

/** AccessExclusiveLock as SQL says it. */
function spell(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

const byStrength = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

const locking: [rule: string, sql: string, isRewritten: boolean][] = [
  ['add-column-default', 'ALTER TABLE runs ADD COLUMN token uuid DEFAULT gen_random_uuid()', true],
  ['add-column-default', 'ALTER TABLE runs ADD COLUMN seen timestamptz DEFAULT clock_timestamp()', true],
  ['add-generated-column', 'ALTER TABLE runs ADD COLUMN twice bigint GENERATED ALWAYS AS (n * 2) STORED', true],
  ['add-serial-column', 'ALTER TABLE runs ADD COLUMN number bigserial', true],
  ['add-serial-column', 'ALTER TABLE runs ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY', true],
  ['set-not-null', 'ALTER TABLE runs ALTER COLUMN owner SET NOT NULL', false],
  ['add-check', 'ALTER TABLE runs ADD CONSTRAINT positive CHECK (n > 0)', false],
  ['add-foreign-key', 'ALTER TABLE runs ADD CONSTRAINT fk FOREIGN KEY (owner) REFERENCES users (id)', false],
  ['add-foreign-key', 'ALTER TABLE runs ADD COLUMN boss bigint REFERENCES users (id)', false],
  ['add-unique', 'ALTER TABLE runs ADD CONSTRAINT one_code UNIQUE (code)', false],
  ['add-primary-key', 'ALTER TABLE runs ADD PRIMARY KEY (id)', false],
  ['add-exclusion', 'ALTER TABLE runs ADD CONSTRAINT apart EXCLUDE USING gist (span WITH &&)', false],
  ['change-column-type', 'ALTER TABLE runs ALTER COLUMN n TYPE bigint', true],
  ['rewrite-table', 'ALTER TABLE runs SET UNLOGGED', true],
  ['create-index', 'CREATE INDEX by_owner ON runs (owner)', false],
  ['reindex', 'REINDEX TABLE runs', false],
  ['detach-partition', 'ALTER TABLE parts DETACH PARTITION parts_1', false],
  ['refresh-view', 'REFRESH MATERIALIZED VIEW newest', false],
  ['update-all-rows', 'UPDATE runs SET n = n + 1', false],
  ['drop-column', 'ALTER TABLE runs DROP COLUMN span', false],
  ['drop-not-null', 'ALTER TABLE runs ALTER COLUMN code DROP NOT NULL', false],
  ['rename-column', 'ALTER TABLE runs RENAME COLUMN code TO word', false],
  ...(testServerHas('NOT NULL constraints')
    ? [['set-not-null', 'ALTER TABLE runs ADD CONSTRAINT nn NOT NULL owner', false] as [string, string, boolean]]
    : []),
  ['lock-timeout', 'DROP TRIGGER touch ON runs', false],
  ['lock-timeout', 'DROP POLICY own ON runs', false],
  ['lock-timeout', 'DROP RULE keep ON users', false],
  ['lock-timeout', 'CREATE POLICY other ON runs', false],
  ['lock-timeout', 'ALTER POLICY own ON runs USING (n > 0)', false],
  ['lock-timeout', 'CREATE RULE stay AS ON DELETE TO runs DO INSTEAD NOTHING', false],
  [
    'lock-timeout',
    'CREATE TRIGGER two BEFORE UPDATE ON runs EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    false,
  ],
];

describe('on PostgreSQL', () => {
  test.each(locking)('%s locks what it says: %s', async (rule, sql, isRewritten) => {
    const { locks } = await finding(sql, rule);
    expect(locks.length).toBeGreaterThan(0);
    const measured = await inSchema((session) => measure(session, sql));
    for (const { relation, mode } of locks) {
      const strongest = byStrength.findLast((one) => measured.modes.get(relation)?.includes(one));
      expect(`${relation} ${strongest}`).toBe(`${relation} ${mode}`);
    }
    expect(measured.isRewritten).toBe(isRewritten);
  });

  test.each([
    "ALTER TABLE runs ADD COLUMN state text NOT NULL DEFAULT 'new'",
    "ALTER TABLE runs ADD COLUMN due timestamptz DEFAULT now() + interval '1 day'",
    "ALTER TABLE runs ADD COLUMN code2 text DEFAULT lower('ABC') || to_char(now(), 'YYYY')",
    "ALTER TABLE runs ADD COLUMN data jsonb DEFAULT jsonb_build_object('a', md5('x'))",
    ...(testServerHas('VIRTUAL generated columns')
      ? ['ALTER TABLE runs ADD COLUMN twice bigint GENERATED ALWAYS AS (n * 2) VIRTUAL']
      : []),
    'ALTER TABLE runs ADD COLUMN boss bigint',
  ])('what is left alone rewrites nothing: %s', async (sql) => {
    const found = await lintSql(sql, { file: 'a.sql', version: serverVersion });
    expect(found).toEqual([]);
    expect(await inSchema((session) => measure(session, sql))).toMatchObject({ isRewritten: false });
  });

  test.each([
    ...locking.filter(([rule]) => rule !== 'rewrite-table').map(([rule, sql]): [string, string] => [rule, sql]),
    ['drop-index', 'DROP INDEX by_code'],
    ['rename-table', 'ALTER TABLE runs RENAME TO jobs'],
    ['rename-enum-value', "ALTER TYPE state RENAME VALUE 'done' TO 'complete'"],
    ['truncate-cascade', 'TRUNCATE runs CASCADE'],
    ['add-unique', 'ALTER TABLE runs ADD CONSTRAINT u UNIQUE (code, id) INCLUDE (n) DEFERRABLE INITIALLY DEFERRED'],
    [
      'add-foreign-key',
      'ALTER TABLE runs ADD FOREIGN KEY (owner) REFERENCES users ON DELETE SET NULL ON UPDATE CASCADE',
    ],
    ['create-index', 'CREATE UNIQUE INDEX ON runs (lower(code) DESC NULLS LAST) INCLUDE (n) WHERE n > 0'],
  ])('the safe form of %s runs: %s', async (rule, sql) => {
    const { safe } = await finding(sql, rule);
    await inSchema(async (session) => {
      for (const { sql: step, transaction } of safe) {
        const statements = step.split('\n').filter((line) => !line.startsWith('--'));
        if (transaction && statements.length > 0) await session.execute(`BEGIN; ${statements.join('\n')} COMMIT`);
        else for (const statement of statements) await session.execute(statement);
      }
    });
  });

  test.each([
    ['that is the oldest', 140000],
    ['of this test', serverVersion],
  ])('the safe form of set-not-null for a server %s ends with a column that is NOT NULL', async (_, version) => {
    const sql = 'ALTER TABLE runs ALTER COLUMN owner SET NOT NULL';
    const [found] = await lintSql(sql, { file: 'a.sql', version });
    await inSchema(async (session) => {
      for (const { sql: step } of found?.safe ?? []) await session.execute(`BEGIN; ${step} COMMIT`);
      const [row] = await session.query(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'runs'::regclass AND attname = 'owner'",
      );
      expect(row).toEqual({ attnotnull: true });
    });
  });

  test.each([
    'MERGE INTO runs USING users ON runs.id = users.id WHEN MATCHED THEN DELETE',
    'MERGE INTO runs USING users ON runs.id = users.id WHEN MATCHED THEN DELETE RETURNING runs.id',
    'CREATE UNIQUE INDEX ON runs (owner) NULLS NOT DISTINCT',
    'ALTER TABLE runs ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (owner)',
    'CREATE TABLE fresh (a int UNIQUE NULLS NOT DISTINCT)',
    'ALTER TABLE runs ADD CONSTRAINT c CHECK (n > 0) NOT ENFORCED',
    'CREATE TABLE fresh (a int CHECK (a > 0) NOT ENFORCED)',
    'ALTER TABLE runs ADD CONSTRAINT nn NOT NULL owner',
    'ALTER TABLE runs ADD CONSTRAINT nn NOT NULL owner NOT VALID',
    'CREATE TABLE fresh (a int, NOT NULL a)',
    'CREATE TABLE fresh (a int, b int GENERATED ALWAYS AS (a) VIRTUAL)',
    'CREATE TABLE fresh (a int NOT NULL UNIQUE CHECK (a > 0), b int GENERATED ALWAYS AS (a) STORED)',
  ])('newer-syntax finds what this server does not understand, and only that: %s', async (sql) => {
    const found = await lintSql(sql, { file: 'a.sql', version: serverVersion });
    const refused = await inSchema((session) =>
      session.execute(sql).then(
        () => false,
        (error: Error & { code?: string }) => error.code === '42601',
      ),
    );
    expect(found.some(({ rule }) => rule === 'newer-syntax')).toBe(refused);
  });

  test('every function that counts as steady is one, in each of its forms', async () => {
    const functions = await database.session((session) =>
      session.query<{ proname: string }>(
        "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'",
      ),
    );
    expect(functions.map(({ proname }) => proname).filter((name) => steadyFunctions.has(name))).toEqual([]);
    expect(functions.length).toBeGreaterThan(100);
  });
});
