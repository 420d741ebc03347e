import { readLease, takeLease } from '@opsgraph/leases';
import { type Chapter, migrateLedger, readMarker, requireChapters, setEnvironment } from '@opsgraph/ledger';
import { createTestDatabase, type TestDatabase, until } from '@opsgraph/testing';
import { expect, it, onTestFinished } from 'vitest';
import { chapter } from '../src/chapter.ts';
import { leaseName } from '../src/ledger/lease.ts';

/** When the lease was a row of the releases' own. */
const former: Chapter = { name: 'releases', versions: chapter.versions.slice(0, 3) as [string, ...string[]] };

/** A ledger of then, with a deployment of ana's under way whose fence is 7. */
async function formerLedger(expiry: number): Promise<TestDatabase> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await database.session(async (session) => {
    await migrateLedger(session, [former]);
    await setEnvironment(session, 'staging', 'test');
    await session.execute(
      "INSERT INTO ops.deployment (id, kind, actor, host) VALUES ('held', 'deploy', 'ana', 'laptop')",
    );
    await session.execute(
      `UPDATE ops.deployment_lease SET fence = 7, deployment = 'held', place = 'laptop:/checkout', holder = 'ana on laptop',
         renewed_at = clock_timestamp(), expires_at = clock_timestamp() + $1::float8 * interval '1 ms'`,
      [expiry],
    );
  });
  return database;
}

const other = {
  name: leaseName,
  run: { id: 'other', actor: 'ben', host: 'desk' },
  place: 'desk:/checkout',
  expiry: 60_000,
};

it('leaves a deployment that is under way its lease, and nobody else gets in before it is over', async () => {
  const database = await formerLedger(60_000);
  await database.session(async (session) => {
    await migrateLedger(session, [chapter]);
    const lease = await readLease(session, leaseName);
    expect(lease).toMatchObject({ run: 'held', place: 'laptop:/checkout', holder: 'ana on laptop', fence: 7 });
    expect(lease!.left).toBeGreaterThan(30_000);
    await expect(takeLease(session, other)).rejects.toMatchObject({
      code: 'LEASE_HELD',
      message: expect.stringContaining('ana on laptop is under way (held)'),
    });
  });
});

it.each([
  ['over', "UPDATE ops.deployment_lease SET expires_at = clock_timestamp() - interval '1 s'"],
  ['free', 'UPDATE ops.deployment_lease SET deployment = NULL, place = NULL, holder = NULL, expires_at = NULL'],
])('goes to the next holder with a fence above all before when it is %s', async (_state, sql) => {
  const database = await formerLedger(60_000);
  await database.session(async (session) => {
    await session.execute(sql);
    await migrateLedger(session, [chapter]);
    expect(await takeLease(session, other)).toEqual({ name: leaseName, run: 'other', fence: 8 });
  });
});

it('does not lose a renewal that is under way at that moment', async () => {
  const database = await formerLedger(-1000);
  const upgraded = await database.session((holder) =>
    holder.transaction(async () => {
      await holder.execute("UPDATE ops.deployment_lease SET expires_at = clock_timestamp() + interval '1 min'");
      const upgrading = database.session((session) => migrateLedger(session, [chapter]), { lockTimeout: 30_000 });
      await until(async () => {
        const [row] = await database.session((session) =>
          session.query<{ waits: boolean }>(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'ops.deployment_lease'::regclass AND NOT granted) AS waits",
          ),
        );
        return row!.waits;
      });
      // a promise in a list: the transaction ends first
      return [upgrading];
    }),
  );
  await Promise.all(upgraded);
  await database.session(async (session) => {
    expect((await readLease(session, leaseName))!.left).toBeGreaterThan(30_000);
    await expect(takeLease(session, other)).rejects.toMatchObject({ code: 'LEASE_HELD' });
  });
});

it('leaves everything as it was when it fails, and refuses a program of then once it is done', async () => {
  const database = await formerLedger(60_000);
  await database.session(async (session) => {
    const broken: Chapter = { ...chapter, versions: [...chapter.versions, 'SELECT 1/0'] };
    await expect(migrateLedger(session, [broken])).rejects.toThrow('division by zero');
    expect(
      await session.query("SELECT fence::int, deployment, to_regclass('ops.lease') FROM ops.deployment_lease"),
    ).toEqual([{ fence: 7, deployment: 'held', to_regclass: null }]);
    requireChapters((await readMarker(session))!, [former], 'staging');
    await migrateLedger(session, [chapter]);
    const newer = expect.objectContaining({ code: 'LEDGER_NEWER', exitCode: 77 });
    const marker = (await readMarker(session))!;
    expect(() => requireChapters(marker, [former], 'staging')).toThrow(newer);
    await expect(migrateLedger(session, [former])).rejects.toEqual(newer);
  });
});
