import { join } from 'node:path';
import { type RunResult, run } from '@opsgraph/shell';
import type { Cluster } from './cluster.ts';

export interface ProgramLimits {
  timeout: number;
  signal?: AbortSignal | undefined;
  allowedExitCodes?: readonly number[];
}

/** Runs initdb, pg_ctl or postgres as the server's user, untouched by the caller's PG* variables and locale. */
export async function runServerProgram(
  cluster: Cluster,
  name: 'initdb' | 'pg_ctl' | 'postgres',
  args: readonly string[],
  limits: ProgramLimits,
): Promise<RunResult> {
  return run([join(cluster.binaries.directory, 'bin', name), ...args], {
    ...limits,
    cwd: cluster.home,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    user: cluster.user,
  });
}
