import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where numbers come from; without it they mean nothing. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGib: number;
  system: string;
  node: string;
  commit: string;
}

export function describeMachine(root: string): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    commit: readCommit(root),
  };
}

/** Runnable processes in the last minute: others at work make numbers worse. */
export function readLoad(): number {
  return Math.round(loadavg()[0]! * 10) / 10;
}

function readCommit(root: string): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const commit = git('rev-parse', '--short', 'HEAD');
    const isDirty = git('status', '--porcelain', '--untracked-files=no') !== '';
    return isDirty ? `${commit} with uncommitted changes` : commit;
  } catch {
    return 'no git';
  }
}
