import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findChapters, migrateLedger, setEnvironment } from '@opsgraph/ledger';
import type { TestDatabase } from '@opsgraph/testing';

const packages = join(import.meta.dirname, '..', '..', '..');
export const repository = join(packages, '..');

/** A project of its own, on which the repository's real tasks are run. */
export async function createProject(root: string): Promise<void> {
  await writeFiles(root, { 'config/local.ts': 'export default {};\n' });
}

export async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** What `setup` leaves in a database. */
export async function setUp(database: TestDatabase): Promise<void> {
  await database.session(async (session) => {
    await migrateLedger(session, await findChapters());
    await setEnvironment(session, 'local', 'bench');
  });
}

/** The command line of a task, as its script starts it: `tasks/db/seed.ts`. */
export function task(file: string, ...args: string[]): [string, ...string[]] {
  return [process.execPath, join(packages, 'core', 'kit', 'launch.mjs'), join(repository, file), ...args];
}

export function taskEnv(root: string, url: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', OPS_ROOT: root, OPS_STATE_DIR: join(root, '.ops'), DATABASE_URL: url };
}
