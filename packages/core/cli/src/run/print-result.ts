import { command, type Part, type Stream, type Style, text } from '@opsgraph/terminal';
import { count, formatDuration } from '@opsgraph/text';
import { isGood, type State, type TaskEnd } from './judge.ts';

export interface GraphResult {
  run: string;
  environment: string;
  outcome: 'ok' | 'changed' | 'findings' | 'failed' | 'interrupted';
  exitCode: number;
  milliseconds: number;
  tasks: readonly (TaskEnd & { hint?: string | undefined; problems?: readonly string[] | undefined })[];
  /** Why it was stopped as a whole. */
  stoppedBy: string | undefined;
  /** What to type to do it once more. */
  command: string;
}

const badges: Record<State, [Style, string]> = {
  ok: ['green', '✔ ok'],
  changed: ['green', '✔ changed'],
  cached: ['dim', '✔ cached'],
  findings: ['yellow', '! findings'],
  failed: ['red', '✖ failed'],
  refused: ['yellow', '✖ refused'],
  interrupted: ['yellow', '✖ interrupted'],
  unknown: ['red', '? unknown'],
  skipped: ['dim', '○ skipped'],
};
const badgeWidth = 15;
const problemsShown = 5;

/**
 * One line for each task, what went wrong below it, one line for the whole, and
 * what to do next. Quiet, like a task: nothing unless something is wrong, and then only that.
 */
export function printResult(result: GraphResult, out: Stream, isQuiet: boolean): void {
  if (isQuiet && result.exitCode === 0) return;
  const tasks = isQuiet ? result.tasks.filter(({ state }) => !isGood(state)) : result.tasks;
  const { environment, milliseconds, command: again } = result;
  const width = Math.max(0, ...tasks.map(({ name }) => name.length)) + 2;
  out.line('');
  for (const task of tasks) {
    const [style, badge] = badges[task.state];
    const time = task.milliseconds === undefined ? '' : out.style('dim', ` (${formatDuration(task.milliseconds)})`);
    out.line(
      text`${out.style(style, badge.padEnd(badgeWidth))}${out.style('bold', task.name.padEnd(width))}${describe(task, out)}${time}`,
    );
    const indent = ' '.repeat(badgeWidth + width);
    for (const problem of (task.problems ?? []).slice(0, problemsShown)) out.block(`${indent}· `, problem);
    if ((task.problems?.length ?? 0) > problemsShown)
      out.line(text`${indent}· and ${task.problems!.length - problemsShown} more`);
    if (task.hint !== undefined) out.line(text`${indent}${out.style('cyan', '→')} ${task.hint}`);
  }
  out.line('');
  const bad = tasks.filter(({ state }) => !isGood(state));
  const whole = `${environment}, ${count(result.tasks.length, 'task')}, ${formatDuration(milliseconds)}`;
  if (bad.length === 0 && result.exitCode === 0) {
    const changed = tasks.filter(({ state }) => state === 'changed').length;
    const done = changed === 0 ? 'nothing had to be changed' : `${changed} of ${tasks.length} changed something`;
    out.line(text`${out.style('green', '✔ done')}  ${done} (${whole})`);
    return;
  }
  const verdict =
    result.stoppedBy ??
    (tasks.every(({ state }) => isGood(state) || state === 'findings')
      ? 'a check has findings'
      : 'some tasks did not succeed');
  out.line(text`${out.style('red', `✖ ${verdict}`)}  ${tally(bad)} (${whole}) · exit ${result.exitCode}`);
  for (const { run, state } of bad)
    if (run !== undefined && state !== 'interrupted') out.line(text`  log:   ${command`pnpm ops show ${run}`}`);
  out.line(text`  again: ${again}`);
}

function describe({ state, message, code }: TaskEnd, out: Stream): Part {
  if (state === 'failed' && code !== undefined) return text`${message} ${out.style('dim', `[${code}]`)}`;
  return message;
}

/** `1 failed, 2 skipped` */
function tally(tasks: readonly TaskEnd[]): string {
  const counts = new Map<State, number>();
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
