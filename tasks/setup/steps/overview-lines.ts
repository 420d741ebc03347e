import type { RecordedRun } from '@opsgraph/ledger';

export interface Place {
  database: string;
  host: string;
  port: number;
  version: number;
  environment: string;
}

/** What is where, what the runs did, oldest first, and three things to try. */
export function overviewLines(place: Place, runs: readonly RecordedRun[]): string[] {
  const width = Math.max(...runs.map(({ task }) => task.length), 0);
  const done = runs
    .toReversed()
    .map(
      ({ task, outcome, summary, error }) =>
        `  ${marks[outcome ?? 'ok'] ?? '·'} ${task.padEnd(width)}  ${summary || error?.message || (outcome ?? 'running')}`,
    );
  return [
    '',
    `database   ${place.database} on ${place.host}:${place.port}`,
    `server     PostgreSQL ${Math.floor(place.version / 10_000)}.${place.version % 10_000}, environment ${place.environment}`,
    ...(done.length === 0 ? [] : ['', 'done', ...done]),
    '',
    'try next',
    '  pnpm --filter migration run status        which migrations are applied',
    '  pnpm --filter db run rollback-seed --dry-run   what taking the seed back would do',
    '  pnpm --filter setup run doctor             everything that could stand in the way',
    '  pnpm --filter setup run stop-postgres      stop the server; the data stays',
  ];
}

const marks: Record<string, string> = { ok: '✓', changed: '✔', failed: '✖', refused: '✖', interrupted: '!' };
