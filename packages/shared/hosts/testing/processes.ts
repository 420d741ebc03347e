import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  pid: number;
  /** The program's name, as the system shortens it. */
  name: string;
  commandLine: string;
  environment: string;
}

/** Every process that has not ended, of those that we may look at. */
export function listProcesses(pids: readonly number[] = allPids()): Process[] {
  return pids.flatMap((pid) => {
    try {
      const [, name = '', state = ''] = /^\d+ \((.*)\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (state === 'Z' || state === 'X') return [];
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid, name, commandLine, environment: readFileSync(`/proc/${pid}/environ`, 'utf8') }];
    } catch {
      // it has ended meanwhile
      return [];
    }
  });
}

export function isAlive(pid: number): boolean {
  return listProcesses([pid]).length === 1;
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
