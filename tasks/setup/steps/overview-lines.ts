import type { TableRows } from '@opsgraph/provisioning';
import { aligned, formatNumber } from '@opsgraph/text';

export interface Place {
  database: string;
  host: string;
  port: number;
  /** server_version_num: 180004 is 18.4. */
  version: number;
  environment: string;
}

const suggestions = [
  ['pnpm ops history', 'what was done to it, by whom, and how it ended'],
  ['pnpm --filter migration run status', 'which migrations are applied'],
  ['pnpm --filter db run rollback-seed --dry-run', 'what undoing the seed would do'],
  ['pnpm ops run deploy:staging', 'the whole way to a running service on this machine'],
  ['pnpm --filter setup run doctor', 'everything that could stop a task'],
  ['pnpm --filter setup run stop-postgres', 'stop the server; the data stays'],
] as const;

/** What is where, what it holds, and what to try. */
export function overviewLines(place: Place, tables: readonly TableRows[]): string[] {
  const version = `${Math.floor(place.version / 10_000)}.${place.version % 10_000}`;
  const holds = tables
    .filter(({ rows }) => rows > 0)
    .map(({ table, rows, isExact }) => `${isExact ? '' : 'about '}${formatNumber(rows)} ${table}`);
  return [
    '',
    `database  ${place.database} on ${place.host}:${place.port}`,
    `server    PostgreSQL ${version}, environment ${place.environment}`,
    `holds     ${holds.length === 0 ? 'no rows yet' : holds.join(', ')}`,
    '',
    'try next',
    ...aligned(suggestions).map((row) => `  ${row.join('  ')}`),
  ];
}
