import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrateLedger } from '@opsgraph/ledger';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import type { MigrationSettings } from '../src/index.ts';

export interface Project {
  database: TestDatabase;
  settings: MigrationSettings;
  directory: string;
  write(files: Record<string, string | Buffer>): Promise<void>;
  remove(name: string): Promise<void>;
  /** Names of the tables in schema public, without the ledger's. */
  tables(): Promise<string[]>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A database that was set up, and a directory of migrations; both are empty after `reset`. */
export async function createProject(): Promise<Project> {
  const home = await mkdtemp(join(tmpdir(), 'opsgraph-migrations-'));
  const database = await createTestDatabase();
  await database.session(migrateLedger);
  const query: Project['query'] = (sql) => database.session((session) => session.query(sql));
  const project: Project = {
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
  };
  return project;
}

/** An SQL migration that makes a table and drops it. */
export function tableSql(name: string): string {
  return `-- migrate:up\nCREATE TABLE ${name} (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${name};\n`;
}

/** The same for knex, as a CommonJS module. */
export function tableKnex(name: string): string {
  return `exports.up = (knex) => knex.schema.createTable('${name}', (t) => { t.increments(); });\nexports.down = (knex) => knex.schema.dropTable('${name}');\n`;
}
