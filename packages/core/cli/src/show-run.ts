import { exitCodes, OpsError } from '@opsgraph/errors';
import { text } from '@opsgraph/terminal';
import { formatDuration } from '@opsgraph/text';
import type { Given } from './command.ts';
import { readAudit } from './records/audit-file.ts';
import { groupRuns } from './records/group-runs.ts';
import { type LogLine, logFile, loggedRuns, readRunLog } from './records/run-log.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Prints what a run of this checkout logged.
 *
 * @throws OpsError USAGE, RUN_UNKNOWN, RUN_AMBIGUOUS (64)
 */
export async function showRun(given: Given, { state, out }: Surroundings): Promise<number> {
  const lines = readAudit(state);
  const id = findRun(given.words, [...new Set([...loggedRuns(state), ...lines.map(({ run }) => run)])]);
  const log = readRunLog(state, id);
  if (given.flag('json')) {
    for (const line of log) out.document(line);
    return exitCodes.ok;
  }
  const [run] = groupRuns(lines.filter((line) => line.run === id));
  if (run !== undefined) {
    const where = [run.environment, run.dryRun ? 'dry run' : '', run.actor && `${run.actor}@${run.host}`];
    out.line(
      text`${out.style('bold', run.task)}  ${where.filter(Boolean).join(' · ')} · ${run.startedAt.toISOString()}`,
    );
    if (run.parent !== undefined) out.line(out.style('dim', text`part of ops run ${run.parent}`));
  }
  for (const line of log) printLine(line, out);
  if (log.length === 0)
    out.line(out.style('dim', 'its log is gone: it was older than the configuration keeps (logs.age)'));
  if (run !== undefined) {
    const time = run.milliseconds === undefined ? '' : ` after ${formatDuration(run.milliseconds)}`;
    const end =
      run.outcome === undefined
        ? 'no outcome recorded: it was killed, or is still running'
        : `${run.outcome}${time} · exit ${run.exitCode}`;
    out.line(text`${out.style(run.exitCode === 0 ? 'green' : 'red', end)}  ${run.error?.message ?? run.summary}`);
  }
  const file = logFile(state, id);
  if (file !== undefined) out.line(out.style('dim', file));
  return exitCodes.ok;
}

function findRun(words: readonly string[], ids: readonly string[]): string {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) {
    throw new OpsError({
      code: 'USAGE',
      exit: 'usage',
      message: 'name one run',
      hint: 'pnpm ops history shows the latest',
    });
  }
  const found = ids.filter((id) => id === word || id.startsWith(word) || id.endsWith(word));
  if (found.length === 1) return found[0]!;
  throw new OpsError({
    code: found.length === 0 ? 'RUN_UNKNOWN' : 'RUN_AMBIGUOUS',
    exit: 'usage',
    message:
      found.length === 0
        ? `this checkout has no log of a run ${JSON.stringify(word)}`
        : `${found.length} runs begin or end with ${JSON.stringify(word)}`,
    problems: found.slice(-5),
    hint: 'pnpm ops history shows the latest; a log stays on the machine where the task ran',
  });
}

function printLine(
  { time = '', level = 'info', message = '', error, stack, lines }: LogLine,
  out: Surroundings['out'],
): void {
  const mark = level === 'error' ? out.style('red', '✖') : level === 'warn' ? out.style('yellow', '!') : ' ';
  const said = level === 'debug' ? out.style('dim', message) : message;
  out.line(text`${out.style('dim', time.slice(11, 23))} ${mark} ${said}`);
  const indent = ' '.repeat(15);
  for (const problem of error?.problems ?? []) out.block(`${indent}· `, problem);
  for (const line of lines ?? []) out.block(indent, line);
  if (error?.hint !== undefined) out.line(text`${indent}${out.style('cyan', '→')} ${error.hint}`);
  if (error?.code === 'BUG' && stack !== undefined) out.block(indent, stack);
}
