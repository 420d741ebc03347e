import type { AuditLine, AuditOutcome } from '@opsgraph/ledger';

/** What a run wrote about itself, put together. */
export interface AuditedRun {
  id: string;
  task: string;
  /** undefined while it has recorded no outcome. */
  outcome: string | undefined;
  exitCode: number | undefined;
  summary: string;
  error: { code: string; message: string } | undefined;
  startedAt: Date;
  milliseconds: number | undefined;
  environment: string;
  actor: string;
  host: string;
  dryRun: boolean;
  parent: string | undefined;
}

/** In the order in which the runs began. */
export function groupRuns(lines: readonly AuditLine[]): AuditedRun[] {
  const byRun = new Map<string, AuditLine[]>();
  for (const line of lines) byRun.set(line.run, [...(byRun.get(line.run) ?? []), line]);
  return [...byRun].map(([id, own]) => {
    const intent = own.find((line) => line.event === 'intent');
    const outcome = own.findLast((line) => line.event === 'outcome');
    const first = own[0]!;
    return {
      id,
      task: first.task,
      outcome: isFormerFindings(outcome) ? 'findings' : outcome?.outcome,
      exitCode: outcome?.exitCode,
      summary: outcome?.summary ?? '',
      error: outcome?.error,
      startedAt: new Date(first.time),
      milliseconds: outcome?.milliseconds,
      environment: (intent ?? first).environment ?? '',
      actor: intent?.actor ?? '',
      host: intent?.host ?? '',
      dryRun: intent?.dryRun ?? false,
      parent: first.parent,
    };
  });
}

/** Audit files keep lines from when a check with findings was recorded as ok, with exit code 1. */
function isFormerFindings(line: AuditOutcome | undefined): boolean {
  return (line?.outcome === 'ok' || line?.outcome === 'changed') && line.exitCode === 1;
}
