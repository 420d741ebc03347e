import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuditLine } from '@opsgraph/ledger';
import { type Ended, followProcess, type Started } from '@opsgraph/testing/follow-process';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import { readAudit } from '../src/records/audit-file.ts';

export interface Workspace {
  root: string;
  env: Record<string, string | undefined>;
  /** What Node is given to run `ops` with these words. */
  command(args: string[]): string[];
  start(args: string[], env?: Record<string, string>): Started;
  run(args: string[], env?: Record<string, string>): Promise<Ended>;
  /** turbo itself, as `pnpm turbo …` starts it. */
  turbo(args: string[], env?: Record<string, string>): Promise<Ended>;
  startTurbo(args: string[], env?: Record<string, string>): Started;
  audit(): AuditLine[];
  remove(): void;
}

const packages = resolve(import.meta.dirname, '..', '..', '..');
const launcher = join(packages, 'core', 'kit', 'launch.mjs');
const main = join(packages, 'core', 'cli', 'main.ts');

/** A workspace of its own with a graph of small real tasks; turbo, pnpm and the kit are this checkout's. */
export function createWorkspace(): Workspace {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'opsgraph-cli-'));
  cpSync(join(import.meta.dirname, 'fixtures', 'workspace'), root, { recursive: true });
  mkdirSync(join(root, 'node_modules', '@opsgraph'), { recursive: true });
  for (const [name, folder] of [
    ['kit', 'core/kit'],
    ['errors', 'base/errors'],
  ] as const)
    symlinkSync(join(packages, folder), join(root, 'node_modules', '@opsgraph', name));
  const bin = join(root, 'tasks', 'alpha', 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(launcher, join(bin, 'task'));

  const base = { PATH: process.env['PATH'], HOME: process.env['HOME'], OPS_ROOT: root };
  const command = (args: string[]): string[] => [launcher, main, ...args];
  const start = (args: string[], env: Record<string, string> = {}): Started =>
    followProcess(
      spawn(process.execPath, command(args), {
        cwd: root,
        env: { ...base, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  const startTurbo = (args: string[], env: Record<string, string> = {}): Started =>
    followProcess(
      spawn(turbo(), ['run', '--ui=stream', ...args], {
        cwd: root,
        env: { ...base, PATH: toolPath(process.env['PATH']), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  return {
    root,
    env: base,
    command,
    start,
    run: (args, env) => start(args, env).ended,
    startTurbo,
    turbo: (args, env) => startTurbo(args, env).ended,
    audit: () => readAudit(join(root, '.ops')),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The pid of the only child of a process. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}
