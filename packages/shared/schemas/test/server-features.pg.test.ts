import type { ServerFeature } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase, testServerHas } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareSchemas, describeDifferences, loadSchema, readSchema, renderSchema } from '../src/index.ts';

let database: TestDatabase;
let copy: TestDatabase;
beforeAll(async () => {
  [database, copy] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await database.session((session) =>
    session.execute('CREATE TABLE a (id integer PRIMARY KEY, b integer, during daterange)'),
  );
});
afterAll(() => Promise.all([database.drop(), copy.drop()]));

/** What some servers only have, in a statement, and how it is written down. */
const newer: readonly (readonly [ServerFeature, sql: string, written: string])[] = [
  ['NULLS NOT DISTINCT', 'ALTER TABLE a ADD UNIQUE NULLS NOT DISTINCT (b)', 'UNIQUE NULLS NOT DISTINCT (b)'],
  ['NULLS NOT DISTINCT', 'CREATE UNIQUE INDEX ON a (b) NULLS NOT DISTINCT', '(b) NULLS NOT DISTINCT'],
  ['security_invoker', 'CREATE VIEW v WITH (security_invoker) AS SELECT 1 AS a', 'WITH (security_invoker=true)'],
  ['publication details', 'CREATE PUBLICATION p FOR TABLE a (id) WHERE (id > 5)', 'public.a (id) WHERE ((id > 5))'],
  ['publication details', 'CREATE PUBLICATION p FOR TABLES IN SCHEMA public', 'ADD TABLES IN SCHEMA public'],
  [
    'builtin locales',
    `CREATE COLLATION c (provider = builtin, locale = 'C.UTF-8')`,
    "PROVIDER = builtin, LOCALE = 'C.UTF-8'",
  ],
  ['MAINTAIN', 'GRANT MAINTAIN ON a TO PUBLIC', 'GRANT MAINTAIN ON TABLE public.a TO PUBLIC'],
  [
    'vacuum limits',
    'ALTER TABLE a SET (autovacuum_vacuum_max_threshold = 5)',
    'WITH (autovacuum_vacuum_max_threshold=5)',
  ],
  ['vacuum limits', 'ALTER TABLE a SET (vacuum_max_eager_freeze_failure_rate = 0.1)', 'freeze_failure_rate=0.1)'],
  ['NOT ENFORCED', 'ALTER TABLE a ADD CHECK (b > 0) NOT ENFORCED', 'CHECK ((b > 0)) NOT ENFORCED'],
  ['NOT NULL constraints', 'ALTER TABLE a ADD CONSTRAINT n NOT NULL b NOT VALID', 'n NOT NULL b NOT VALID'],
  ['NOT NULL constraints', 'ALTER TABLE a ADD CONSTRAINT n NOT NULL b NO INHERIT', 'n NOT NULL b NO INHERIT'],
  ['VIRTUAL generated columns', 'ALTER TABLE a ADD v integer GENERATED ALWAYS AS (id * 2) VIRTUAL', 'AS ((id * 2))'],
  [
    'WITHOUT OVERLAPS',
    `CREATE TABLE w (r int4range, during daterange, PRIMARY KEY (r, during WITHOUT OVERLAPS))`,
    'PRIMARY KEY (r, during WITHOUT OVERLAPS)',
  ],
  [
    'generated columns in publications',
    'CREATE PUBLICATION p WITH (publish_generated_columns = stored)',
    'SET (publish_generated_columns = stored)',
  ],
];

/** Undone when it has been looked at. */
async function withStatement<T>(
  sql: string,
  work: () => Promise<T>,
  session: { execute(sql: string): Promise<number> },
) {
  await session.execute('BEGIN');
  try {
    await session.execute(sql);
    return await work();
  } finally {
    await session.execute('ROLLBACK');
  }
}

describe('what a version of PostgreSQL brought', () => {
  it.each(newer.filter(([feature]) => testServerHas(feature)))(
    'is seen and made again: %s: %s',
    async (_, sql, written) => {
      const schema = await database.session((session) => withStatement(sql, () => readSchema(session), session));
      expect(renderSchema(schema)).toContain(written);
      await copy.session(async (session) => {
        await session.execute('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        const { notLoaded } = await loadSchema(session, schema);
        expect(notLoaded).toEqual([]);
        expect(describeDifferences(compareSchemas(schema, await readSchema(session)))).toEqual([]);
        await session.execute('DROP PUBLICATION IF EXISTS p');
      });
    },
  );

  it.each(newer.filter(([feature]) => !testServerHas(feature)))('is refused by this one: %s: %s', async (_, sql) => {
    await database.session((session) =>
      expect(withStatement(sql, async () => {}, session)).rejects.toThrow(/syntax|unrecognized|provider/),
    );
  });
});
