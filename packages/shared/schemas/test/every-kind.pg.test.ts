import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareColumnOrder, compareSchemas, describeDifferences, readSchema, type Schema } from '../src/index.ts';
import { changes } from './changes.ts';
import { richSchema } from './rich-schema.ts';

let database: TestDatabase;
let before: Schema;
beforeAll(async () => {
  database = await createTestDatabase();
  before = await database.session(async (session) => {
    await session.execute(richSchema);
    return readSchema(session);
  });
});
afterAll(() => database.drop());

/** What a change made of the schema, as lines; undone afterwards. */
async function changedBy(sql: string): Promise<string[]> {
  return database.session(async (session) => {
    await session.execute('BEGIN');
    await session.execute(sql);
    const after = await readSchema(session);
    await session.execute('ROLLBACK');
    return describeDifferences([...compareSchemas(before, after), ...compareColumnOrder(before, after)]);
  });
}

describe('what pg_dump would see is seen', () => {
  it.each(changes)('%s', async (_kind, sql) => {
    expect(await changedBy(sql)).not.toEqual([]);
  });
});
