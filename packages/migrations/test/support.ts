import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  close(): Promise<void>;
}

/** An empty directory of migrations beside an empty database that was set up. */
export async function createProject(files: Record<string, string | Buffer> = {}): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), 'opsgraph-migrations-'));
  const database = await createTestDatabase();
  await database.session(migrateLedger);
  const query: Project['query'] = (sql) => database.session((session) => session.query(sql));
  const write: Project['write'] = async (more) => {
    await Promise.all(Object.entries(more).map(([name, content]) => writeFile(join(directory, name), content)));
  };
  await write(files);
  return {
    database,
    directory,
    settings: { directories: [directory], projectRoot: directory },
    write,
    query,
    remove: (name) => rm(join(directory, name)),
    tables: async () =>
      (
        await query(
          "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname !~ 'knex' ORDER BY 1",
        )
      ).map(({ relname }) => relname as string),
    close: async () => {
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** An SQL migration that makes a table and drops it. */
export function tableSql(name: string): string {
  return `-- migrate:up\nCREATE TABLE ${name} (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${name};\n`;
}

/** The same for knex, as a CommonJS module. */
export function tableKnex(name: string): string {
  return `exports.up = (knex) => knex.schema.createTable('${name}', (t) => { t.increments(); });\nexports.down = (knex) => knex.schema.dropTable('${name}');\n`;
}
