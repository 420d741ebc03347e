import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accountTables } from '@opsgraph/accounts/testing';
import { createTaskProject } from '@opsgraph/kit/testing';
import type { TestDatabase } from '@opsgraph/testing';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Given {
  stdin?: string;
  env?: Record<string, string>;
}

export interface UsersProject {
  root: string;
  /** What a process of it finds in its environment. */
  env: Record<string, string>;
  /** Runs a task of this domain as a process of its own. */
  run(task: string, args?: readonly string[], given?: Given): Promise<Ended>;
  /** Starts one without waiting for its end. */
  start(task: string, args: readonly string[]): ChildProcess;
  /** What an environment lists under `accounts`. */
  configure(accounts: string): void;
  session: TestDatabase['session'];
  query<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

const repository = join(import.meta.dirname, '..', '..', '..');
const launcher = join(repository, 'packages', 'core', 'kit', 'launch.mjs');

/** A project whose database has the tables that the defaults of the configuration name. */
export async function createUsersProject(): Promise<UsersProject> {
  const project = await createTaskProject({ prepare: (session) => session.execute(accountTables) });
  const { root, database } = project;
  // Temporary files are looked through like all others.
  const temporary = join(root, 'tmp');
  mkdirSync(temporary);
  const base = {
    PATH: process.env['PATH'] ?? '',
    OPS_ROOT: root,
    DATABASE_URL: database.url.reveal(),
    TMPDIR: temporary,
  };
  return {
    root,
    env: base,
    configure: (accounts) => project.write(join('config', 'local.ts'), `export default { accounts: ${accounts} };\n`),
    session: database.session,
    query: (sql, values) => database.session((session) => session.query(sql, values)),
    remove: project.remove,
    start: (task, args) => spawn(process.execPath, argv(task, args), { cwd: root, env: base, stdio: 'ignore' }),
    run: (task, args = [], { stdin = '', env = {} } = {}) => {
      const child = spawn(process.execPath, argv(task, args), { cwd: root, env: { ...base, ...env } });
      child.stdin.end(stdin);
      const ended = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (ended[name] += chunk));
      return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ended })));
    },
  };
}

function argv(task: string, args: readonly string[]): string[] {
  return [launcher, join(import.meta.dirname, '..', `${task}.ts`), ...args];
}
