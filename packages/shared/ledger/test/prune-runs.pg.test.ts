import type { Session } from '@opsgraph/postgres';
import { describe, expect, it } from 'vitest';
import { findChapters, migrateLedger, pruneRuns } from '../src/index.ts';
import { freshDatabase } from './support.ts';

const day = 86_400_000;
const retention = { keep: 50, age: 7 * day, failureAge: 90 * day };

/** `count` runs of a task, the newest so many days ago, one each minute before that. */
async function record(session: Session, task: string, daysAgo: number, count = 1, outcome: string | null = 'ok') {
  await session.execute(
    `INSERT INTO ops.run (id, domain, task, effect, dry_run, environment, arguments, actor, host, started_at, finished_at, outcome, exit_code)
     SELECT format('%s %s %s %s', $1::text, $2::float8, $4::text, n), 'db', $1, 'read', false, 'local', '{}', 'ana', 'web-1', at, at, $4, 0
     FROM generate_series(0, $3::integer - 1) n, LATERAL (SELECT now() - $2 * interval '1 day' - n * interval '1 minute' AS at) t`,
    [task, daysAgo, count, outcome],
  );
}

const left = async (session: Session): Promise<Record<string, number>> => {
  const rows = await session.query<{ task: string; count: number }>(
    'SELECT task, count(*)::integer AS count FROM ops.run GROUP BY task',
  );
  return Object.fromEntries(rows.map(({ task, count }) => [task, count]));
};

async function withLedger(work: (session: Session) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  await database.session(async (session) => {
    await migrateLedger(session, await findChapters());
    await work(session);
  });
}

describe('the runs of the ledger', () => {
  it('keep a deployment beside 10,000 runs of a check each minute', () =>
    withLedger(async (session) => {
      await record(session, 'deployment:rollout', 0.4, 1, 'changed');
      await record(session, 'deployment:stop', 400, 1, 'changed');
      await record(session, 'monitoring:check', 0, 20_000);
      // In portions: what gathered for years is not one long statement.
      for (const deleted of [5000, 4920, 0]) expect(await pruneRuns(session, retention)).toBe(deleted);
      expect(await left(session)).toEqual({
        'deployment:rollout': 1,
        'deployment:stop': 1,
        'monitoring:check': 7 * 24 * 60,
      });
    }));

  it('keep failures longer, and what has no outcome for ever', () =>
    withLedger(async (session) => {
      for (const outcome of ['failed', 'interrupted', null, 'ok', 'changed', 'refused', 'findings'])
        for (const daysAgo of [30, 100]) await record(session, `db:${outcome}`, daysAgo, 1, outcome);
      await pruneRuns(session, { ...retention, keep: 0 });
      expect(await left(session)).toEqual({ 'db:failed': 1, 'db:interrupted': 1, 'db:null': 2 });
    }));

  it('keep the last ones of each task, however old', () =>
    withLedger(async (session) => {
      for (const task of ['db:seed', 'users:apply']) await record(session, task, 400, 5);
      expect(await pruneRuns(session, { ...retention, keep: 2 })).toBe(6);
      expect(await left(session)).toEqual({ 'db:seed': 2, 'users:apply': 2 });
    }));

  it('stay when a table refers to them, of whichever domain, also one that this Opsgraph does not know', () =>
    withLedger(async (session) => {
      const ids = ['backfill', 'backup', 'deployment', 'migration', 'nobody', 'seed'];
      for (const task of ids) await record(session, task, 400);
      await session.execute('CREATE TABLE ops.backup (run text)');
      await session.execute("INSERT INTO ops.backup SELECT id FROM ops.run WHERE task = 'backup'");
      await session.execute('INSERT INTO ops.backup VALUES (NULL)');
      await session.execute(
        "INSERT INTO ops.deployment (id, kind, actor, host) SELECT id, 'stop', 'ana', 'web-1' FROM ops.run WHERE task = 'deployment'",
      );
      await session.execute(
        `INSERT INTO ops.migration (ledger, stem, file, kind, sha256, content, status, batch, run)
         SELECT 'public.knex_migrations', '1', '1.sql', 'sql', '', '', 'applied', 1, id FROM ops.run WHERE task = 'migration'`,
      );
      await session.execute(
        `INSERT INTO ops.seed_load (run, data_set, environment, actor, file, sha256, schema_name, table_name, columns, types, identity, inserted, updated)
         SELECT id, 'x', 'local', 'ana', 'x', '', 'public', 'x', '{}', '{}', '{}', 1, 0 FROM ops.run WHERE task = 'seed'`,
      );
      await session.execute(
        `INSERT INTO ops.backfill (name, sha256, table_name, key, batch_size, table_rows, run)
         SELECT 'x', '', 'x', '{}', 1, 1, id FROM ops.run WHERE task = 'backfill'`,
      );
      expect(await pruneRuns(session, { ...retention, keep: 0 })).toBe(1);
      expect(Object.keys(await left(session)).sort()).toEqual(ids.filter((id) => id !== 'nobody'));
    }));
});
