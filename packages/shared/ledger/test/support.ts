import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { onTestFinished } from 'vitest';
import type { Chapter, RunIntent } from '../src/index.ts';

/** A database that this test alone uses. */
export async function freshDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database;
}

export const intent: RunIntent = {
  id: 'run-1',
  domain: 'db',
  task: 'db:seed',
  effect: 'write',
  dryRun: false,
  environment: 'local',
  arguments: {},
  actor: 'ana',
  host: 'web-1',
  ciJob: undefined,
  gitCommit: undefined,
};

/** A chapter of `count` versions: the table ops.<name>, with a column more in each. */
export function chapterOf(name: string, count: number): Chapter {
  const added = Array.from({ length: count - 1 }, (_, index) => `ALTER TABLE ops.${name} ADD v${index + 2} text`);
  return { name, versions: [`CREATE TABLE ops.${name} (v1 text)`, ...added] };
}
