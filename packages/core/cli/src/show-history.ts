import { usageError } from '@opsgraph/command-line';
import { chooseEnvironment, loadEnvironment } from '@opsgraph/config';
import { exitCodes } from '@opsgraph/errors';
import { type Stream, type Style, text, verbatim } from '@opsgraph/terminal';
import { formatDuration } from '@opsgraph/text';
import { parseDuration } from '@opsgraph/text/units';
import type { Given } from './command.ts';
import { type HistoryEntry, readHistory } from './read-history.ts';
import type { Surroundings } from './surroundings.ts';

/** @throws OpsError USAGE (64), ENVIRONMENT_UNKNOWN, CONFIG_INVALID (78) */
export async function showHistory(given: Given, { env, root, state, out, err }: Surroundings): Promise<number> {
  const { limit, since } = readOptions(given);
  const environment = chooseEnvironment({ root, option: given.text('env'), env });
  const { environment: config } = await loadEnvironment({ root, name: environment, env, sections: [] });
  const wanted = given.text('task')?.replace('#', ':');
  const { entries, problem } = await readHistory({
    environment,
    config,
    state,
    since,
    limit,
    matches: (task) => wanted === undefined || isNamed(task, wanted),
  });
  if (given.flag('json')) {
    const { code, message, hint } = problem ?? {};
    out.document({ environment, ledger: problem === undefined ? 'read' : { code, message, hint }, runs: entries }, 2);
    return exitCodes.ok;
  }
  if (problem !== undefined) {
    err.line(
      text`${err.style('yellow', '!')} only what this checkout recorded itself; the ledger of ${environment} was not read: ${problem.message}`,
    );
    if (problem.hint !== undefined) err.line(text`  ${err.style('cyan', '→')} ${problem.hint}`);
  }
  printEntries(entries, out);
  if (entries.length === 0) out.line(out.style('dim', text`no runs on ${environment} that match`));
  return exitCodes.ok;
}

function readOptions(given: Given): { limit: number; since: Date } {
  const problems: string[] = [];
  const limit = Number(given.text('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1)
    problems.push(`--limit ${JSON.stringify(given.text('limit'))}: expected a whole number from 1`);
  const written = given.text('since');
  const ago = written === undefined ? undefined : parseDuration(written);
  const since =
    written === undefined ? new Date(0) : ago === undefined ? new Date(written) : new Date(Date.now() - ago);
  if (Number.isNaN(since.getTime()))
    problems.push(`--since ${JSON.stringify(written)}: expected a time like 2h or 3d, or a date like 2026-11-22`);
  for (const word of given.words) problems.push(`unexpected argument ${JSON.stringify(word)}`);
  if (problems.length > 0) throw usageError(problems, 'pnpm ops history --help shows the options');
  return { limit, since };
}

/** `db:seed` by itself, by `seed` and by `db`. */
function isNamed(task: string, wanted: string): boolean {
  const at = task.indexOf(':');
  return [task, task.slice(0, at), task.slice(at + 1)].includes(wanted);
}

const badges: Readonly<Record<string, [Style, string]>> = {
  ok: ['green', '✔ ok'],
  changed: ['green', '✔ changed'],
  findings: ['yellow', '! findings'],
  failed: ['red', '✖ failed'],
  refused: ['yellow', '✖ refused'],
  interrupted: ['yellow', '✖ interrupted'],
  running: ['cyan', '… running'],
  'no outcome': ['red', '? no outcome'],
};

function printEntries(entries: readonly HistoryEntry[], out: Stream): void {
  const width = Math.max(0, ...entries.map(({ task }) => task.length)) + 2;
  for (const entry of entries) {
    const { id, task, startedAt, milliseconds, actor, host, source, dryRun, error, summary } = entry;
    const [style, badge] = badges[stateOf(entry)] ?? ['red', entry.outcome!];
    const said = error?.message ?? (entry.outcome === undefined ? silence(entry) : summary);
    const remarks = [
      milliseconds === undefined ? '' : formatDuration(milliseconds),
      actor === '' ? '' : `${actor}@${host}`,
      dryRun ? 'dry run' : '',
      source === 'local' ? 'only recorded here' : '',
      id.slice(id.lastIndexOf('-') + 1),
    ];
    out.line(
      text`${out.style('dim', localTime(startedAt))}  ${out.style(style, badge.padEnd(15))}${out.style('bold', task.padEnd(width))}${said} ${out.style('dim', `(${remarks.filter(Boolean).join(', ')})`)}`,
    );
  }
  if (entries.length > 0)
    out.line(out.style('dim', verbatim('\nthe log of one: pnpm ops show <the last word of its line>')));
}

function stateOf({ outcome, isRunning }: HistoryEntry): string {
  return outcome ?? (isRunning ? 'running' : 'no outcome');
}

function silence({ isRunning }: HistoryEntry): string {
  return isRunning
    ? 'has a session open in the target'
    : 'began and recorded no outcome: killed, or still running elsewhere';
}

/** 2026-11-22 14:30:05, where the reader is. */
function localTime(time: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
