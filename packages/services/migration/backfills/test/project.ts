import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateLedger } from '@opsgraph/ledger';
import { type Session, withSession } from '@opsgraph/postgres';
import { createTestDatabase, type TestCluster, type TestDatabase } from '@opsgraph/testing';
import { chapter } from '../src/chapter.ts';
import { type BackfillsInput, type BackfillsResult, runBackfills } from '../src/index.ts';
import { noLimits } from './no-limits.ts';

export interface Project {
  database: TestDatabase;
  directory: string;
  /** What was said, newest last. */
  said: string[];
  /** Writes a definition: the text between the braces of its object. */
  define(name: string, fields: string): Promise<void>;
  input(overrides?: Partial<BackfillsInput>): BackfillsInput;
  run(overrides?: Partial<BackfillsInput>, signal?: AbortSignal): Promise<BackfillsResult>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** How many rows of `t` were done how often. */
  times(): Promise<Record<string, unknown>[]>;
  session: TestDatabase['session'];
  /** An empty schema, an empty directory, nothing recorded or said. */
  reset(): Promise<void>;
  remove(): Promise<void>;
}

/** The same in a cluster of its own, which ends it. */
export async function createProjectOn({ url }: TestCluster): Promise<Project> {
  const settings = { url, applicationName: 'test', lockTimeout: 0, statementTimeout: 0, connectTimeout: 5000 };
  const session: TestDatabase['session'] = (work, overrides) => withSession({ ...settings, ...overrides }, work);
  return createProject({ name: 'postgres', url, session, drop: async () => {} });
}

/** A database with a ledger, and a directory for definitions. */
export async function createProject(given?: TestDatabase): Promise<Project> {
  const database = given ?? (await createTestDatabase());
  const directory = await mkdtemp(join(tmpdir(), 'opsgraph-backfills-'));
  await database.session((session) => migrateLedger(session, [chapter]));
  const said: string[] = [];
  const input: Project['input'] = (overrides = {}) => ({
    directory,
    projectRoot: directory,
    batchTime: 50,
    load: 100,
    ...noLimits,
    acceptChanged: false,
    run: 'test',
    info: (text) => void said.push(text),
    warn: (text) => void said.push(text),
    progress: () => ({ update: () => {}, end: () => {} }),
    ...overrides,
  });
  const query: Project['query'] = (sql) => database.session((session: Session) => session.query(sql));
  return {
    database,
    directory,
    said,
    session: database.session,
    define: (name, fields) =>
      writeFile(join(directory, `${name}.ts`), `export default { name: '${name}', ${fields} };\n`),
    input,
    run: (overrides, signal) => database.session((session) => runBackfills(session, input(overrides)), { signal }),
    query,
    times: () => query('SELECT times, count(*) AS rows FROM t GROUP BY times ORDER BY times'),
    reset: async () => {
      said.length = 0;
      for (const name of await readdir(directory)) await rm(join(directory, name));
      await database.session((session) =>
        session.execute(
          `DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;
           TRUNCATE ops.backfill, ops.backfill_pause; ALTER DATABASE ${database.name} RESET ALL`,
        ),
      );
    },
    remove: async () => {
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}
