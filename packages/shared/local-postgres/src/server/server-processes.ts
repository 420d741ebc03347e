import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '@opsgraph/shell';

/** What runs on a data directory. */
export interface ServerProcesses {
  /** The server that may be talked to. */
  server: { pid: number; port: number } | undefined;
  /** Processes that outlived their server and still hold its shared memory. */
  leftovers: number[];
  /** postmaster.pid names a process that is no server of this directory. */
  staleFile: boolean;
}

/**
 * postmaster.pid alone proves nothing: after a crash its pid may be gone, or
 * be another process's. Every process of a server has its data directory as
 * working directory, and that the kernel tells.
 */
export async function findServerProcesses(data: string): Promise<ServerProcesses> {
  const file = await readPidFile(data);
  const pids = process.platform === 'linux' ? await processesIn(data) : await processNamed(data, file?.pid);
  if (file !== undefined && pids.includes(file.pid)) return { server: file, leftovers: [], staleFile: false };
  return { server: undefined, leftovers: pids, staleFile: file !== undefined };
}

/** Ends what a dead server left; QUIT first, which a backend obeys without finishing its statement. */
export async function endLeftovers(data: string, pids: readonly number[]): Promise<void> {
  const started = performance.now();
  for (let left = [...pids]; left.length > 0; left = (await findServerProcesses(data)).leftovers) {
    for (const pid of left) signal(pid, performance.now() - started > 2000 ? 'SIGKILL' : 'SIGQUIT');
    if (performance.now() - started > 10_000) return;
    await pause(50);
  }
}

async function readPidFile(data: string): Promise<{ pid: number; port: number } | undefined> {
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  );
  if (lines === undefined) return undefined;
  // Line 1 the pid (negative in single-user mode), line 4 the port.
  return { pid: Math.abs(Number(lines[0])) || 0, port: Number(lines[3]) || 0 };
}

async function processesIn(data: string): Promise<number[]> {
  const directory = await realpath(data).catch(() => data);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await isServerIn(directory, pid)) ? pid : 0)));
  return found.filter((pid) => pid > 0);
}

/** A shell that is in the directory is none; a zombie has neither link. */
async function isServerIn(directory: string, pid: number): Promise<boolean> {
  try {
    if ((await readlink(`/proc/${pid}/cwd`)) !== directory) return false;
    return /\/postgres( \(deleted\))?$/.test(await readlink(`/proc/${pid}/exe`));
  } catch {
    return false;
  }
}

/** Where there is no /proc, the command line of the server names its directory. */
async function processNamed(data: string, pid: number | undefined): Promise<number[]> {
  if (pid === undefined || pid === 0) return [];
  const { stdout } = await run(['ps', '-o', 'command=', '-p', String(pid)], {
    timeout: 10_000,
    allowedExitCodes: [0, 1],
  });
  return stdout.includes('postgres') && stdout.includes(data) ? [pid] : [];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone meanwhile
  }
}
