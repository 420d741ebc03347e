import { until } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { awaitLease, freeLease, raiseFence, readLease, renewLease, takeLease } from '../src/index.ts';
import { requestOf, useDatabase } from './support.ts';

const database = useDatabase();
const held = { code: 'LEASE_HELD', exitCode: 75 };
const lost = { code: 'LEASE_LOST', exitCode: 75 };

it('lets one of eight in, and tells the others who is there', async () => {
  const tried = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      database.session((session) => takeLease(session, requestOf(`run-${index}`, 'race'))),
    ),
  );
  const [won, ...more] = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect([won, more]).toEqual([{ name: 'race', run: won!.run, fence: 1 }, []]);
  for (const one of tried)
    if (one.status === 'rejected')
      expect(one.reason).toMatchObject({
        ...held,
        message: `a race of ana on laptop is under way (${won!.run})`,
      });
});

it('gives every holder a higher fence: after one that gave it back, one that died, and one that raised it', async () => {
  const fences: number[] = [];
  const take = (id: string) =>
    database.session(async (session) => {
      const lease = await takeLease(session, requestOf(id, 'fences'));
      fences.push(lease.fence);
      return lease;
    });
  const first = await take('first');
  await database.session((session) => freeLease(session, first));
  expect(await database.session((session) => readLease(session, 'fences'))).toBeUndefined();
  await take('second');
  await database.over();
  // over but not taken: its holder is still known
  const over = await database.session((session) => readLease(session, 'fences'));
  expect(over).toMatchObject({ run: 'second', holder: 'ana on laptop', left: expect.any(Number) });
  expect(over!.left).toBeLessThan(0);
  const third = await take('third');
  await database.session(async (session) => {
    // seen lower ones elsewhere: nothing to raise
    expect(await raiseFence(session, third, 2)).toEqual(third);
    expect(await raiseFence(session, third, 9)).toEqual({ ...third, fence: 10 });
    await freeLease(session, third);
  });
  await take('fourth');
  expect(fences).toEqual([1, 2, 3, 11]);
});

it('is nothing that a former holder can renew, raise or free', async () => {
  await database.session(async (session) => {
    const former = await takeLease(session, requestOf('former', 'former'));
    await database.over();
    await takeLease(session, requestOf('present', 'former'));
    await expect(renewLease(session, former, 60_000)).rejects.toMatchObject(lost);
    await expect(raiseFence(session, former, 99)).rejects.toMatchObject(lost);
    await freeLease(session, former);
    expect(await readLease(session, 'former')).toMatchObject({ run: 'present', fence: 2 });
  });
});

it('knows nothing of a lease with another name, even one of the same run', async () => {
  await database.session(async (session) => {
    const [deployment, backup] = [
      await takeLease(session, { ...requestOf('run', 'deployment'), expiry: 60_000 }),
      await takeLease(session, { ...requestOf('run', 'backup'), expiry: 60_000 }),
    ];
    expect([deployment.fence, backup.fence]).toEqual([1, 1]);
    await raiseFence(session, backup, 40);
    await renewLease(session, backup, 600_000);
    expect(await readLease(session, 'deployment')).toMatchObject({ run: 'run', fence: 1 });
    expect((await readLease(session, 'deployment'))!.left).toBeLessThan(60_001);
    await freeLease(session, backup);
    expect(await readLease(session, 'backup')).toBeUndefined();
    await expect(takeLease(session, requestOf('other', 'deployment'))).rejects.toMatchObject(held);
    expect((await takeLease(session, requestOf('other', 'backup'))).fence).toBe(42);
  });
});

it('is waited for, by those of the same name alone, until it is free or the time is up', async () => {
  const waiting: string[] = [];
  const wait = (name: string, milliseconds: number) =>
    awaitLease(database.connection(), name, { wait: milliseconds, onWaiting: ({ run }) => waiting.push(run) });
  await database.session(async (session) => {
    const lease = await takeLease(session, { ...requestOf('long', 'awaited'), expiry: 60_000 });
    await wait('not awaited', 0);
    await expect(wait('awaited', 10)).rejects.toMatchObject(held);
    const ended = wait('awaited', 30_000);
    await until(() => waiting.includes('long'));
    await freeLease(session, lease);
    await ended;
    await takeLease(session, requestOf('short', 'awaited'));
    await wait('awaited', 30_000);
  });
  expect(waiting).toEqual(['long', 'short']);
});
