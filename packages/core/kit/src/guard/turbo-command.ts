import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the turbo that started this task was asked for. */
export interface TurboCommand {
  /** The tasks it names, as they were written. */
  tasks: readonly string[];
  /** The words after `--`: turbo hands them to the named tasks and not to what those depend on. */
  handedOn: readonly string[];
  /** `--only`: none of those that they depend on. */
  isOnly: boolean;
}

export interface ProcessLine {
  parent: number;
  /** The program and its arguments. */
  words: readonly string[];
}

export type ReadProcess = (pid: number) => ProcessLine | undefined;

const turbo = /(^|\/)turbo(\.exe)?$/;
/** task, shell, pnpm, turbo; more where a wrapper starts the task. */
const furthest = 12;

/**
 * The command line of the nearest turbo above a process; undefined when there
 * is none. turbo tells a task nothing of it in variables or arguments.
 */
export function turboCommand(pid: number = process.ppid, read: ReadProcess = readProcess): TurboCommand | undefined {
  let current = pid;
  for (let step = 0; step < furthest && current > 1; step += 1) {
    const line = read(current);
    if (line === undefined) return undefined;
    const program = line.words.findIndex((word) => turbo.test(word));
    if (program !== -1) return commandOf(line.words.slice(program + 1));
    current = line.parent;
  }
  return undefined;
}

function commandOf(words: readonly string[]): TurboCommand {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  return {
    tasks: own.filter((word) => word !== '' && !word.startsWith('-') && word !== 'run'),
    handedOn: end === -1 ? [] : words.slice(end + 1),
    isOnly: own.includes('--only'),
  };
}

/** From /proc where there is one, else (macOS) from ps. */
export function readProcess(pid: number): ProcessLine | undefined {
  return process.platform === 'linux' ? readProc(pid) : readPs(pid);
}

function readProc(pid: number): ProcessLine | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { parent, words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1) };
  } catch {
    return undefined;
  }
}

/** ps joins arguments by blanks: a path with blanks falls apart, but its last part is still turbo. */
export function readPs(pid: number): ProcessLine | undefined {
  const { stdout = '' } = spawnSync('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, text] = /^\s*(\d+)\s+(.+)$/m.exec(stdout ?? '') ?? [];
  return parent === undefined || text === undefined ? undefined : { parent: Number(parent), words: text.split(' ') };
}
