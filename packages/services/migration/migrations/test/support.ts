import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrateLedger } from '@opsgraph/ledger';
import type { ConnectionSettings } from '@opsgraph/postgres';
import { withScratchDatabase } from '@opsgraph/scratch-databases';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { chapter } from '../src/chapter.ts';
import type { MigrationSettings } from '../src/index.ts';

export interface Project {
  database: TestDatabase;
  settings: MigrationSettings;
  directory: string;
  write(files: Record<string, string | Buffer>): Promise<void>;
  remove(name: string): Promise<void>;
  /** An empty database beside its own. */
  withScratch: <T>(work: (scratch: ConnectionSettings) => Promise<T>) => Promise<T>;
  /** Names of the tables in schema public, without the ledger's. */
  tables(): Promise<string[]>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A project for the tests of one file, empty before each of them. */
export function projectOfFile(): Project {
  const project = {} as Project;
  beforeAll(async () => {
    await createProject(project);
  });
  beforeEach(() => project.reset());
  afterAll(() => project.close());
  return project;
}

/** A database that was set up, and a directory of migrations; both are empty after `reset`. */
export async function createProject(project = {} as Project): Promise<Project> {
  const home = await mkdtemp(join(tmpdir(), 'opsgraph-migrations-'));
  const database = await createTestDatabase();
  await database.session((session) => migrateLedger(session, [chapter]));
  const query: Project['query'] = (sql) => database.session((session) => session.query(sql));
  return Object.assign(project, {
    database,
    directory: home,
    settings: { directories: [home], projectRoot: home },
    query,
    write: async (files) => {
      await Promise.all(
        Object.entries(files).map(async ([name, content]) => {
          await mkdir(dirname(join(project.directory, name)), { recursive: true });
          await writeFile(join(project.directory, name), content);
        }),
      );
    },
    remove: (name) => rm(join(project.directory, name)),
    withScratch: (work) => withScratchDatabase({ target: { ...connection, url: database.url } }, work),
    tables: async () => {
      const rows = await query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname !~ 'knex' ORDER BY 1",
      );
      return rows.map(({ relname }) => relname as string);
    },
    reset: async () => {
      // Another directory each time: Node imports a path only once.
      project.directory = await mkdtemp(join(home, 'm'));
      project.settings = { directories: [project.directory], projectRoot: project.directory };
      await query(
        'DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA public; TRUNCATE ops.migration',
      );
    },
    close: async () => {
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  } satisfies Project);
}

const connection = {
  applicationName: 'opsgraph test',
  lockTimeout: 10_000,
  statementTimeout: 60_000,
  connectTimeout: 10_000,
};

/** An SQL migration that makes a table and drops it. */
export function tableSql(name: string): string {
  return `-- migrate:up\nCREATE TABLE ${name} (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${name};\n`;
}

/** The same for knex, as a CommonJS module. */
export function tableKnex(name: string): string {
  return `exports.up = (knex) => knex.schema.createTable('${name}', (t) => { t.increments(); });\nexports.down = (knex) => knex.schema.dropTable('${name}');\n`;
}
