import type { OpsError } from '@opsgraph/errors';
import type { Outcome } from '@opsgraph/ledger';
import type { Change, Talk, TaskReport } from '@opsgraph/report';
import { oneLine, type Stream, text } from '@opsgraph/terminal';
import { formatNumber } from '@opsgraph/text';
import type { RunLog } from '../record/run-log.ts';
import { showProgress } from './progress.ts';

export interface TerminalSettings {
  quiet: boolean;
  verbose: boolean;
  json: boolean;
  /** Results. */
  out: Stream;
  /** Talk. */
  err: Stream;
  moving: boolean;
}

/** What a task and its run say, in the one form they have for people and for machines. */
export interface Terminal extends Talk {
  begin(task: string, environment: string): void;
  report(outcome: Outcome, task: string, report: TaskReport, duration: string, dryRun: boolean): void;
  failure(outcome: Outcome, task: string, error: OpsError | undefined, bug: unknown, logFile: string): void;
  /** `reveal` is the one thing that passes the mask. */
  document(json: Record<string, unknown>, reveal: TaskReport['reveal']): void;
}

const changesShown = 20;

export function openTerminal(settings: TerminalSettings, log: RunLog): Terminal {
  const { quiet, verbose, json, out, err, moving } = settings;
  return {
    begin(task, environment) {
      if (!quiet) err.line(err.style('dim', text`▸ ${task} · ${environment}`));
    },
    info(said) {
      log.write('info', said);
      if (!quiet) err.line(text`  ${said}`);
    },
    detail(said) {
      log.write('debug', said);
      if (verbose) err.line(err.style('dim', text`  ${said}`));
    },
    warn(said) {
      log.write('warn', said);
      err.line(err.style('yellow', text`  ! ${said}`));
    },
    progress(label, unit, total) {
      log.write('debug', `${label} begins`, { total });
      // Escaped before it is cut to the width of the terminal.
      return showProgress(oneLine(`  ${label}`), unit, total, {
        moving,
        show: (line) => (quiet ? undefined : moving ? err.redraw(line) : err.line(line)),
        clear: err.erase,
        columns: err.columns,
      });
    },
    report(outcome, task, report, duration, dryRun) {
      if (json) return;
      const { reveal } = report;
      if (quiet && outcome !== 'findings') return reveal === undefined ? undefined : out.reveal(reveal.secret);
      const badge =
        outcome === 'findings'
          ? out.style('yellow', '! findings')
          : outcome === 'changed'
            ? out.style('green', '✔ changed')
            : dryRun && report.changes.length > 0
              ? out.style('cyan', '○ would change')
              : out.style('green', '✔ ok');
      const time = out.style('dim', `(${duration})`);
      out.line(text`${badge}  ${out.style('bold', task)}  ${report.summary} ${time}`);
      for (const change of report.changes.slice(0, changesShown))
        out.line(text`  ${out.style('cyan', describeChange(change))}`);
      if (report.changes.length > changesShown)
        out.line(out.style('dim', text`  … and ${report.changes.length - changesShown} more (--json lists all)`));
      for (const line of report.lines ?? []) out.block('  ', line);
      if (reveal === undefined) return;
      out.line(text`  ${reveal.label}, shown this once and stored nowhere:`);
      out.reveal(reveal.secret);
    },
    failure(outcome, task, error, bug, logFile) {
      const colour = outcome === 'refused' || outcome === 'interrupted' ? 'yellow' : 'red';
      const message = error?.message ?? 'a bug in the task, not in what you did';
      err.line(text`${err.style(colour, `✖ ${outcome}`)}  ${err.style('bold', task)}  ${message}`);
      for (const problem of error?.problems ?? []) err.block('  · ', problem);
      if (bug !== undefined) err.block('  ', bug instanceof Error ? (bug.stack ?? bug.message) : String(bug));
      if (error?.hint !== undefined) err.line(text`  ${err.style('cyan', '→')} ${error.hint}`);
      if (bug !== undefined || verbose) err.line(err.style('dim', text`  log: ${logFile}`));
    },
    document(value, reveal) {
      if (!json) return;
      const shown = reveal && { label: reveal.label, value: reveal.secret.reveal(), shownOnce: true };
      out.document(value, 2, shown && { reveal: shown });
    },
  };
}

/** `insert 152,000 places`, `apply 20260101_countries.ts`. */
function describeChange({ action, object, count: number = 1 }: Change): string {
  return number === 1 ? `${action} ${object}` : `${action} ${formatNumber(number)} × ${object}`;
}
