import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compareSchemas,
  describeDifferences,
  loadSchema,
  readSchema,
  renderSchema,
  type SchemaScope,
} from '../src/index.ts';
import { richSchema } from './rich-schema.ts';

let original: TestDatabase;
let copy: TestDatabase;
beforeAll(async () => {
  [original, copy] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await original.session((session) => session.execute(richSchema));
});
afterAll(() => Promise.all([original.drop(), copy.drop()]));

const read = (database: TestDatabase, scope?: SchemaScope) => database.session((session) => readSchema(session, scope));

/** What a change made of the schema; undone afterwards. */
async function changedBy(sql: string): Promise<string[]> {
  return original.session(async (session) => {
    const before = await readSchema(session);
    await session.execute('BEGIN');
    await session.execute(sql);
    const after = await readSchema(session);
    await session.execute('ROLLBACK');
    return describeDifferences(compareSchemas(before, after));
  });
}

describe('a schema', () => {
  it('that is loaded into another database reads as the same', async () => {
    const schema = await read(original);
    expect(new Set(schema.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(17);
    const { notLoaded } = await copy.session((session) => loadSchema(session, schema));
    expect(notLoaded).toEqual([]);
    expect(describeDifferences(compareSchemas(schema, await read(copy)))).toEqual([]);
    expect(renderSchema(await read(copy))).toBe(renderSchema(schema));
  });

  it('reads the same whatever the session has set', async () => {
    const plain = await read(original);
    const odd = await original.session(async (session) => {
      await session.execute(
        "SET search_path = app, public; SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET quote_all_identifiers = on",
      );
      const schema = await readSchema(session);
      const [kept] = await session.query(
        "SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone",
      );
      expect(kept).toEqual({ path: 'app, public', zone: 'Asia/Tokyo' });
      return schema;
    });
    expect(odd).toEqual(plain);
  });

  it('leaves out what is out of scope, with all that belongs to it', async () => {
    const schema = await read(original, { withoutSchemas: ['app', 'Odd Name'], withoutTables: ['public.events'] });
    expect(renderSchema(schema)).not.toMatch(/(TABLE|ON) app\.|Odd|events_what/);
    expect(renderSchema(schema)).toContain('CREATE TABLE public.parent (\n  a integer\n);');
  });
});

describe('a difference', () => {
  it.each([
    [
      "ALTER TYPE app.mood ADD VALUE 'great'",
      ['type app.mood: differs', expect.stringContaining('- CREATE TYPE'), expect.stringContaining("'great')")],
    ],
    [
      'ALTER TABLE app.people ALTER email DROP NOT NULL',
      [
        'column app.people.email: differs',
        expect.stringContaining('NOT NULL'),
        `  + email text COLLATE pg_catalog."C" DEFAULT 'a$b'::text`,
      ],
    ],
    [
      'ALTER TABLE parent ADD c integer; ALTER TABLE child DROP b',
      [
        'column public.child.b: is missing',
        '  - b integer',
        'column public.child.c: should not be there',
        '  + c integer',
        'column public.parent.c: should not be there',
        '  + c integer',
      ],
    ],
    [
      'DROP TABLE "Odd Name"."Weird ""table"',
      ['table "Odd Name"."Weird ""table": is missing', '  - CREATE TABLE "Odd Name"."Weird ""table" ()'],
    ],
    [
      "COMMENT ON TABLE app.people IS 'other'",
      ['comment table app.people: differs', expect.any(String), "  + COMMENT ON TABLE app.people IS 'other'"],
    ],
    [
      'ALTER TABLE app.people ENABLE TRIGGER asleep',
      ['trigger asleep on app.people: differs', expect.stringContaining('DISABLE'), expect.any(String)],
    ],
    [
      'ALTER TABLE app.people VALIDATE CONSTRAINT later',
      ['constraint later on app.people: differs', expect.stringContaining('NOT VALID'), expect.any(String)],
    ],
  ])('%s', async (sql, lines) => {
    expect(await changedBy(sql)).toEqual(lines);
  });

  it('is none when a column went and came back as it was', async () => {
    expect(await changedBy('ALTER TABLE parent ADD d text; ALTER TABLE parent DROP d')).toEqual([]);
    expect(
      await changedBy(
        'ALTER TABLE child ADD x integer; ALTER TABLE child DROP b; ALTER TABLE child ADD b integer; ALTER TABLE child DROP x',
      ),
    ).toEqual([]);
  });
});
