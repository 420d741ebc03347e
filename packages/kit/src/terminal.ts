import type { OpsError } from '@opsgraph/errors';
import type { Outcome } from '@opsgraph/ledger';
import { mask, maskDeep } from '@opsgraph/secrets';
import type { Colours } from './colour.ts';
import { printable } from './printable.ts';
import { count, eraseLine, showProgress } from './progress.ts';
import type { RunLog } from './run-log.ts';
import type { Talk } from './talk.ts';
import type { Change, TaskReport } from './task.ts';

export interface TerminalSettings {
  quiet: boolean;
  verbose: boolean;
  json: boolean;
  outColour: Colours;
  errColour: Colours;
  moving: boolean;
}

/** The only place that writes to stdout and stderr; everything passes the mask but what a task reveals. */
export interface Terminal extends Talk {
  begin(task: string, environment: string): void;
  report(outcome: Outcome, task: string, report: TaskReport, duration: string, dryRun: boolean): void;
  failure(outcome: Outcome, task: string, error: OpsError | undefined, bug: unknown, logFile: string): void;
  /** `reveal` is the one thing that passes the mask. */
  document(json: Record<string, unknown>, reveal: TaskReport['reveal']): void;
}

const changesShown = 20;

export function openTerminal(settings: TerminalSettings, log: RunLog): Terminal {
  const { quiet, verbose, json, outColour: out, errColour: err } = settings;
  let hasMovingLine = false;
  const move = (text: string): void => {
    process.stderr.write(mask(text));
    hasMovingLine = settings.moving && text !== eraseLine;
  };
  const settle = (): void => {
    if (hasMovingLine) move(eraseLine);
  };
  const toStderr = (text: string): void => {
    settle();
    process.stderr.write(`${mask(text)}\n`);
  };
  const printRaw = (text: string): void => {
    settle();
    process.stdout.write(`${text}\n`);
  };
  const toStdout = (text: string): void => printRaw(mask(text));

  return {
    begin(task, environment) {
      if (!quiet) toStderr(err.dim(`▸ ${task} · ${environment}`));
    },
    info(text) {
      log.write('info', text);
      if (!quiet) toStderr(`  ${printable(text)}`);
    },
    detail(text) {
      log.write('debug', text);
      if (verbose) toStderr(err.dim(`  ${printable(text)}`));
    },
    warn(text) {
      log.write('warn', text);
      toStderr(err.yellow(`  ! ${printable(text)}`));
    },
    progress(label, unit, total) {
      log.write('debug', `${label} begins`, { total });
      const write = quiet ? () => {} : move;
      return showProgress(`  ${label}`, unit, total, {
        moving: settings.moving,
        write,
        columns: () => process.stderr.columns,
      });
    },
    report(outcome, task, report, duration, dryRun) {
      if (json) return;
      const { reveal } = report;
      if (quiet && !report.findings) return reveal === undefined ? undefined : printRaw(reveal.secret.reveal());
      const badge = report.findings
        ? out.yellow('! findings')
        : outcome === 'changed'
          ? out.green('✔ changed')
          : dryRun && report.changes.length > 0
            ? out.cyan('○ would change')
            : out.green('✔ ok');
      toStdout(`${badge}  ${out.bold(task)}  ${printable(report.summary)} ${out.dim(`(${duration})`)}`);
      for (const change of report.changes.slice(0, changesShown))
        toStdout(`  ${out.cyan(printable(describeChange(change)))}`);
      if (report.changes.length > changesShown)
        toStdout(out.dim(`  … and ${report.changes.length - changesShown} more (--json lists all)`));
      for (const line of report.lines ?? []) toStdout(`  ${printable(line)}`);
      if (reveal === undefined) return;
      toStdout(`  ${reveal.label}, shown this once and stored nowhere:`);
      printRaw(reveal.secret.reveal());
    },
    failure(outcome, task, error, bug, logFile) {
      const colour = outcome === 'refused' || outcome === 'interrupted' ? err.yellow : err.red;
      toStderr(
        `${colour(`✖ ${outcome}`)}  ${err.bold(task)}  ${printable(error?.message ?? 'a bug in the task, not in what you did')}`,
      );
      for (const problem of error?.problems ?? []) toStderr(`  · ${printable(problem)}`);
      if (bug !== undefined) toStderr(printable(bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)));
      if (error?.hint !== undefined) toStderr(`  ${err.cyan('→')} ${printable(error.hint)}`);
      if (bug !== undefined || verbose) toStderr(err.dim(`  log: ${logFile}`));
    },
    document(value, reveal) {
      if (!json) return;
      const masked = maskDeep(value) as Record<string, unknown>;
      const shown = reveal && { label: reveal.label, value: reveal.secret.reveal(), shownOnce: true };
      printRaw(JSON.stringify({ ...masked, ...(shown && { reveal: shown }) }, undefined, 2));
    },
  };
}

/** `insert 152,000 places`, `apply 20260101_countries.ts`. */
export function describeChange({ action, object, count: number = 1 }: Change): string {
  return number === 1 ? `${action} ${object}` : `${action} ${count(number)} × ${object}`;
}
