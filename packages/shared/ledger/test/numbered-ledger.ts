import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '@opsgraph/postgres';

/** What was released, version by version. */
const released = readFileSync(join(import.meta.dirname, 'fixtures', 'numbered-ledger.sql'), 'utf8')
  .split(/^-- number \d+$/m)
  .slice(1);

export const numbers = released.map((_, index) => index + 1);

/** The package whose tables each number was about. */
const owners = [
  ...['core', 'migrations', 'seeds', 'releases', 'backfills'],
  ...['seeds', 'backfills', 'core', 'releases', 'seeds'],
];

/** How often each package had a version up to this number. */
export function meaning(last: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const owner of owners.slice(0, last)) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}

/** A ledger as the programs left it that counted all tables with one number: a day for each, and two runs. */
export async function makeNumbered(session: Session, last: number): Promise<void> {
  await session.execute(
    'CREATE SCHEMA ops; CREATE TABLE ops.version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  for (const number of numbers.slice(0, last)) {
    await session.execute(released[number - 1]!);
    await session.execute(
      "INSERT INTO ops.version VALUES ($1, '2026-01-01'::timestamptz + make_interval(days => $1))",
      [number],
    );
  }
  await session.execute("INSERT INTO ops.environment (name, set_by) VALUES ('local', 'ana')");
  await session.execute(
    `INSERT INTO ops.run (id, domain, task, effect, dry_run, environment, arguments, actor, host, outcome, exit_code, finished_at)
     VALUES ('clean', 'db', 'db:check', 'read', false, 'local', '{}', 'ana', 'web-1', 'ok', 0, now()),
            ('found', 'db', 'db:check', 'read', false, 'local', '{}', 'ana', 'web-1', $1, 1, now())`,
    [last < 8 ? 'ok' : 'findings'],
  );
}
