import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { migrateLedger, setEnvironment } from '@opsgraph/ledger';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

export interface Started {
  child: ChildProcess;
  /** Resolves when stderr has shown the text. */
  shows(text: string): Promise<void>;
  ended: Promise<Ended>;
}

export interface Project {
  root: string;
  database: TestDatabase;
  start(task: string, args?: string[], env?: Record<string, string>): Started;
  /** As a script of a package, the way turbo starts it: pnpm, a shell, the task. */
  startUnderPnpm(task: string, args: string[]): Started;
  run(task: string, args?: string[], env?: Record<string, string>): Promise<Ended>;
  remove(): Promise<void>;
}

const tools = join(import.meta.dirname, '..', '..', 'toolchain', 'node_modules', '.bin');
const launcher = join(import.meta.dirname, '..', 'launch.mjs');

/** A project of its own with environments local and other, and a database that is marked local. */
export async function createProject(): Promise<Project> {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-kit-'));
  mkdirSync(join(root, 'config'));
  for (const name of ['local', 'other']) writeFileSync(join(root, 'config', `${name}.ts`), 'export default {};\n');
  const database = await createTestDatabase();
  await database.session(async (session) => {
    await migrateLedger(session);
    await setEnvironment(session, 'local', 'test');
    await session.execute('CREATE TABLE probe (text text)');
  });

  const fixture = (task: string): string => join(import.meta.dirname, 'fixtures', `${task}.ts`);
  const base = { PATH: process.env['PATH'], OPS_ROOT: root, DATABASE_URL: database.url.reveal() };
  const start = (task: string, args: string[] = [], env: Record<string, string> = {}): Started =>
    follow(
      spawn(process.execPath, [launcher, fixture(task), ...args], {
        cwd: root,
        env: { ...base, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );

  return {
    root,
    database,
    start,
    startUnderPnpm: (task, args) => {
      const scripts = { probe: `node ${launcher} ${fixture(task)} ${args.join(' ')}; true` };
      writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'project', scripts }));
      const env = { ...base, PATH: `${tools}${delimiter}${base.PATH}` };
      return follow(
        spawn(join(tools, 'pnpm'), ['run', 'probe'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }),
      );
    },
    run: (task, args, env) => start(task, args, env).ended,
    remove: async () => {
      await database.drop();
      rmSync(root, { recursive: true });
    },
  };
}

function follow(child: ChildProcessByStdio<null, Readable, Readable>): Started {
  const begun = performance.now();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr, milliseconds: performance.now() - begun }));
  });
  const shows = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) resolve();
      };
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`ended without showing "${text}": ${stderr}`)));
      look();
    });
  return { child, shows, ended };
}
