import { modestSettings } from '@opsgraph/local-postgres';
import { type Session, withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestCluster, until } from '@opsgraph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeBlindness, type Limits, readSight } from '../src/index.ts';
import { findReasonToWait } from '../src/throttle/signals.ts';
import { openReplica, type Replica } from './replica.ts';

// A cluster of its own: replicas and archive are of the whole server.
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster({
    ...modestSettings,
    ...{ fsync: 'off', archive_mode: 'on', archive_command: 'true', max_prepared_transactions: '2' },
  });
});
afterAll(() => cluster.remove());

const session = <T>(work: (session: Session) => Promise<T>, applicationName = 'test'): Promise<T> =>
  withSession({ url: cluster.url, applicationName, lockTimeout: 0, statementTimeout: 0, connectTimeout: 5000 }, work);
const query = (sql: string) => session((own) => own.query(sql));

const most = Number.MAX_SAFE_INTEGER;
const noLimits: Limits = { replicaLag: most, replicaBytes: most, walWaiting: most, transactionAge: most };
const find = (limits: Partial<Limits>, archive = true) =>
  session((own) => findReasonToWait(own, { ...noLimits, ...limits }, { activity: true, archive }));

describe('of two replicas', () => {
  let replicas: Replica[] = [];
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.end()));
    replicas = [];
  });
  /** Both have replayed nothing since. */
  const open = async (...names: string[]): Promise<Replica[]> => {
    for (const name of names) replicas.push(await openReplica(cluster.url.reveal(), name));
    return replicas;
  };
  const writeMegabytes = (count: number) =>
    query(`SELECT pg_logical_emit_message(true, 'test', repeat('x', 1048576)) FROM generate_series(1, ${count})`);

  it.each(['a', 'b'])('the one with too much to replay is found, here %s', async (late) => {
    const [a, b] = await open('a', 'b');
    await writeMegabytes(3);
    await (late === 'a' ? b! : a!).replay();
    expect(await find({ replicaBytes: 2_000_000 })).toMatch(
      new RegExp(`^replica ${late} has 3\\.\\d MB of WAL to replay$`),
    );
    expect(await find({ replicaBytes: 4_000_000 })).toBeUndefined();
    await (late === 'a' ? a! : b!).replay();
    expect(await find({ replicaBytes: 2_000_000 })).toBeUndefined();
  });

  it.each(['a', 'b'])('the one that is too far behind in time is found, here %s', async (late) => {
    const [a, b] = await open('a', 'b');
    const [first, second] = late === 'a' ? [b!, a!] : [a!, b!];
    await first.replay();
    await second.replay();
    await writeMegabytes(1);
    await first.replay();
    await query('SELECT pg_sleep(0.7)');
    await second.replay();
    const [slow, quick] = await query(
      `SELECT 1000 * extract(epoch FROM replay_lag)::float8 AS lag FROM pg_stat_replication ORDER BY application_name = '${late}' DESC`,
    );
    const behind = slow!['lag'] as number;
    expect(behind).toBeGreaterThan(quick!['lag'] as number);
    expect(await find({ replicaLag: behind - 0.1 })).toMatch(new RegExp(`^replica ${late} is [\\d.]+ s behind$`));
    expect(await find({ replicaLag: behind })).toBeUndefined();
  });
});

describe('a transaction', () => {
  it('that is open for too long is found, the oldest first; ours is none', async () => {
    const release = Promise.withResolvers<void>();
    const begin = async (name: string): Promise<{ ended: Promise<void> }> => {
      const begun = Promise.withResolvers<void>();
      const ended = session(
        (own) =>
          own.transaction(async () => {
            await own.query('SELECT 1');
            begun.resolve();
            await release.promise;
          }),
        name,
      );
      await begun.promise;
      return { ended };
    };
    const [report, job] = [await begin('nightly report'), await begin('job')];
    expect(await find({ transactionAge: 0 })).toMatch(
      /^a transaction has been open for [\d.]+ s: process \d+ of postgres \(nightly report\)$/,
    );
    expect(await find({ transactionAge: 10_000 })).toBeUndefined();
    release.resolve();
    await Promise.all([report.ended, job.ended]);
    expect(
      await session((own) =>
        own.transaction(() =>
          findReasonToWait(own, { ...noLimits, transactionAge: 0 }, { activity: true, archive: true }),
        ),
      ),
    ).toBeUndefined();
  });

  it('that is prepared is found as well', async () => {
    await query("BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'left behind'");
    expect(await find({ transactionAge: 0 })).toMatch(/prepared transaction left behind$/);
    await query("ROLLBACK PREPARED 'left behind'");
    expect(await find({ transactionAge: 0 })).toBeUndefined();
  });
});

describe('the archive', () => {
  it('that takes no WAL is found; not by a login that cannot see it, nor where there is none', async () => {
    const archived = "SELECT FROM pg_ls_archive_statusdir() WHERE name LIKE '%.done'";
    await query("SELECT pg_logical_emit_message(true, 'test', 'x')");
    await query('SELECT pg_switch_wal()');
    await until(async () => (await query(archived)).length > 0);
    await query("ALTER SYSTEM SET archive_command = 'false'");
    await query('SELECT pg_reload_conf()');
    for (let segment = 0; segment < 3; segment += 1) {
      await query("SELECT pg_logical_emit_message(true, 'test', 'x')");
      await query('SELECT pg_switch_wal()');
    }
    const [waiting] = await query(`SELECT count(*) AS count FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`);
    const count = waiting!['count'] as number;
    expect(count).toBeGreaterThan(1);
    expect(await find({ walWaiting: count - 1 })).toBe(`${count} WAL segments wait for the archive`);
    expect(await find({ walWaiting: count })).toBeUndefined();
    expect(await find({ walWaiting: 0 }, false)).toBeUndefined();
    await query('ALTER SYSTEM RESET archive_command');
    await query("ALTER SYSTEM SET archive_mode = 'off'");
    await cluster.stop('fast');
    await cluster.start();
    expect(await find({ walWaiting: 0 })).toBeUndefined();
  });
});

describe('what a login sees', () => {
  it('is all for a superuser, and told with the grant that is missing for another', async () => {
    await query('CREATE ROLE lowly LOGIN; CREATE ROLE monitor LOGIN; GRANT pg_monitor TO monitor');
    expect(await session(async (own) => describeBlindness(own, await readSight(own)))).toBeUndefined();
    await session(async (own) => {
      await own.execute('SET ROLE lowly');
      expect(await readSight(own)).toMatchObject({ activity: false });
      await own.execute('SET ROLE monitor');
      expect(await readSight(own)).toEqual({ activity: true, archive: true });
      const blind = describeBlindness(own, { activity: false, archive: false });
      expect(blind).toBe(
        'postgres cannot see others\' transactions, replicas, WAL that waits for the archive, so the work does not wait for them; GRANT pg_monitor TO "postgres" changes that',
      );
      expect(describeBlindness(own, { activity: true, archive: false })).toMatch(
        /see WAL that waits for the archive, so/,
      );
      expect(describeBlindness(own, { activity: false, archive: true })).toMatch(/transactions, replicas, so/);
    });
  });
});
