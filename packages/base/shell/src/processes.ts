import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A started command: the leader of its own process group, and the mark its descendants carry. */
export interface Family {
  group: number;
  mark: string;
}

/** Looks often at first, because most end at once. */
const lookEvery = 15;
/** After KILL only the kernel can delay the end. */
const killWait = 2000;

/**
 * Ends every process of the family: TERM, after `grace` ms KILL. With
 * `strays`, also those that left the group (setsid) or lost their parent.
 * Resolves when none is left, at the latest 2 s after the KILL.
 */
export async function endFamily(family: Family, grace: number, strays: boolean): Promise<void> {
  const find = (): number[] => members(family, strays);
  signalAll(family, find(), 'SIGTERM');
  if (await goneWithin(find, grace)) return;
  const until = performance.now() + killWait;
  // Again and again: between looking and killing a process may fork.
  while (performance.now() < until) {
    const left = find();
    if (left.length === 0) return;
    signalAll(family, left, 'SIGKILL');
    await pause(lookEvery);
  }
}

/** KILL at once, to the group alone: for the end of this process, when there is no time to look. */
export function killGroup(group: number): void {
  send(-group, 'SIGKILL');
}

export function isGroupAlive(group: number): boolean {
  return send(-group, 0);
}

async function goneWithin(find: () => number[], limit: number): Promise<boolean> {
  const until = performance.now() + limit;
  while (find().length > 0) {
    if (performance.now() >= until) return false;
    await pause(lookEvery);
  }
  return true;
}

function signalAll(family: Family, pids: readonly number[], signal: NodeJS.Signals): void {
  send(-family.group, signal);
  for (const pid of pids) send(pid, signal);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    // Another user's process (sudo) is there, though it cannot be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM' && signal === 0;
  }
}

/** On Linux from /proc; elsewhere only the group can be seen. */
function members({ group, mark }: Family, strays: boolean): number[] {
  if (process.platform !== 'linux') return isGroupAlive(group) ? [group] : [];
  if (!strays && !isGroupAlive(group)) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isMember(pid, group, strays ? mark : undefined));
}

function isMember(pid: number, group: number, mark: string | undefined): boolean {
  try {
    // After the name in parentheses, which may hold anything: state, parent, group.
    const [state, , itsGroup] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (state === 'Z' || state === 'X') return false;
    return (
      Number(itsGroup) === group ||
      (mark !== undefined && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark))
    );
  } catch {
    // gone meanwhile, or another process's
    return false;
  }
}
