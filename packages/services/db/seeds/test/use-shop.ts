import { migrateLedger } from '@opsgraph/ledger';
import type { ConnectionSettings, Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { chapter } from '../src/chapter.ts';
import type { DataSet } from '../src/index.ts';
import { makeProject, type Project } from './project.ts';
import { freshShop, shopRows, shops, townRows, towns } from './shop.ts';

export interface Shop {
  database: TestDatabase;
  project: Project;
  session<T>(work: (session: Session) => Promise<T>, settings?: Partial<ConnectionSettings>): Promise<T>;
  /** Another project in place of the one there is. */
  replaceProject(sets: readonly DataSet[], files?: Record<string, unknown>): Project;
}

/**
 * A database for the tests of a file, and for each of them both tables new and
 * empty with a project that has rows for them, children first in its manifest.
 *
 * @param prepare what else each test finds
 */
export function useShop(prepare: (session: Session) => Promise<unknown> = async () => {}): Shop {
  const shop: Shop = {
    database: undefined as never,
    project: undefined as never,
    session: (work, settings) => shop.database.session(work, settings),
    replaceProject(sets, files) {
      shop.project.remove();
      shop.project = makeProject(sets, files);
      return shop.project;
    },
  };
  beforeAll(async () => {
    shop.database = await createTestDatabase();
    await shop.session((session) => migrateLedger(session, [chapter]));
  });
  afterAll(() => shop.database.drop());
  beforeEach(async () => {
    shop.project = makeProject([shops, towns], { 'towns.json': townRows, 'shops.csv': shopRows });
    await shop.session(async (session) => {
      await freshShop(session);
      await prepare(session);
    });
  });
  afterEach(() => shop.project.remove());
  return shop;
}
