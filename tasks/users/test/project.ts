import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateLedger, setEnvironment } from '@opsgraph/ledger';
import { migrate } from '@opsgraph/migrations';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Project {
  root: string;
  database: TestDatabase;
  /** Runs a task of this domain as its own process; `stdin` is what it reads. */
  run(
    task: string,
    args?: string[],
    given?: { stdin?: string | 'closed'; env?: Record<string, string> },
  ): Promise<Ended>;
  /** What the environment local lists. */
  configure(accounts: string): void;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

const repository = join(import.meta.dirname, '..', '..', '..');
const launcher = join(repository, 'packages', 'kit', 'launch.mjs');

/** A project of its own whose database is marked local and has the sample service's tables. */
export async function createProject(environment = 'local'): Promise<Project> {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-users-'));
  mkdirSync(join(root, 'config'));
  const configure = (accounts: string): void =>
    writeFileSync(join(root, 'config', `${environment}.ts`), `export default { accounts: ${accounts} };\n`);
  configure('{}');
  const database = await createTestDatabase();
  await database.session(async (session) => {
    await migrateLedger(session);
    await setEnvironment(session, environment, 'test');
    await migrate(session, {
      directories: [join(repository, 'tasks', 'migration', 'migrations')],
      projectRoot: repository,
      run: 'test',
    });
  });
  // biome-ignore lint/style/noProcessEnv: programs must be found
  const base = { PATH: process.env['PATH'], OPS_ROOT: root, OPS_ENV: environment, DATABASE_URL: database.url.reveal() };

  return {
    root,
    database,
    configure,
    query: (sql, values) => database.session((session) => session.query(sql, values)),
    run: (task, args = [], { stdin, env = {} } = {}) => {
      const file = join(import.meta.dirname, '..', `${task}.ts`);
      const child = spawn(process.execPath, [launcher, file, ...args], {
        cwd: root,
        env: { ...base, ...env },
        stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      child.stdin?.end(stdin === 'closed' ? '' : stdin);
      return ended(child);
    },
    remove: async () => {
      await database.drop();
      rmSync(root, { recursive: true });
    },
  };
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
