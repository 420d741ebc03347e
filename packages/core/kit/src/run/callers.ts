import { readFileSync } from 'node:fs';

/**
 * The processes between us and the outermost one that is such a program,
 * nearest first. pnpm puts a shell in between that outlives it, so looking at
 * the parent alone would not notice its death.
 */
export function callersUpTo(program: RegExp): number[] {
  const chain = [process.ppid];
  for (let pid = parentOf(process.ppid); pid !== undefined && pid > 1; pid = parentOf(pid)) chain.push(pid);
  const outermost = chain.findLastIndex((pid) => isProgram(pid, program));
  return chain.slice(0, Math.max(outermost + 1, 1));
}

/** From /proc/PID/stat: pid (name) state ppid …; the name may contain anything. */
export function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return process.platform === 'linux' ? 1 : undefined;
  }
}

/** The program itself or what its interpreter runs, not a shell whose command line mentions it. */
export function isProgram(pid: number, program: RegExp): boolean {
  try {
    const [first = '', second = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // npm calls itself "npm start" in one word. A path may have spaces in it, too, but it has a slash.
    const title = /^[^/ ]+(?= )/.exec(first)?.[0] ?? first;
    return program.test(title) || program.test(second);
  } catch {
    return false;
  }
}
