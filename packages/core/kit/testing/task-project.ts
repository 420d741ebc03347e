import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findChapters, migrateLedger, setEnvironment } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { type Ended, followProcess, type Started } from '@opsgraph/testing/follow-process';

export type Env = Record<string, string>;

/** A project in a temporary directory, on which real task processes are run. */
export interface TaskProject {
  root: string;
  database: Pick<TestDatabase, 'url' | 'session'>;
  /** Writes a file, given relative to the project. */
  write(path: string, content: string): void;
  /** Starts a task's file as `task file.ts` would. */
  start(file: string, args?: readonly string[], env?: Env): Started;
  run(file: string, args?: readonly string[], env?: Env): Promise<Ended>;
  /** As a script of a package, the way turbo starts it: pnpm, a shell, the task. */
  startUnderPnpm(file: string, args?: readonly string[]): Started;
  remove(): Promise<void>;
}

export interface TaskProjectInput {
  /** Where the target is, when it is not a new database on the cluster of the test run. */
  database?: TestDatabase;
  /** What else a test wants in the target. */
  prepare?: (session: Session) => Promise<unknown>;
}

const launcher = join(import.meta.dirname, '..', 'launch.mjs');
const pnpmDirectory = join(import.meta.dirname, '..', '..', 'toolchain', 'node_modules', '.bin');

/** A project with the environments local and other, and a target that says it is local. */
export async function createTaskProject({ database: given, prepare }: TaskProjectInput = {}): Promise<TaskProject> {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-project-'));
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: 0o600 });
  };
  for (const name of ['local', 'other']) write(join('config', `${name}.ts`), 'export default {};\n');
  const database = given ?? (await createTestDatabase());
  await database.session(async (session) => {
    await migrateLedger(session, await findChapters());
    await setEnvironment(session, 'local', 'test');
    await prepare?.(session);
  });

  const base = { PATH: process.env['PATH'] ?? '', OPS_ROOT: root, DATABASE_URL: database.url.reveal() };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const start = (file: string, args: readonly string[] = [], env: Env = {}): Started =>
    followProcess(spawn(process.execPath, [launcher, file, ...args], { cwd: root, env: { ...base, ...env }, stdio }));

  return {
    root,
    database,
    write,
    start,
    run: (file, args, env) => start(file, args, env).ended,
    startUnderPnpm: (file, args = []) => {
      const scripts = { task: ['node', launcher, file, ...args].join(' ') };
      write('package.json', JSON.stringify({ name: 'project', scripts }));
      const env = { ...base, PATH: `${pnpmDirectory}${delimiter}${base.PATH}` };
      return followProcess(spawn(join(pnpmDirectory, 'pnpm'), ['run', 'task'], { cwd: root, env, stdio }));
    },
    remove: async () => {
      await database.drop();
      rmSync(root, { recursive: true });
    },
  };
}
