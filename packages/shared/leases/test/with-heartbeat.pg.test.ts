import { once } from 'node:events';
import type { Session } from '@opsgraph/postgres';
import { secretUrl } from '@opsgraph/secrets';
import { until } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { keepLease, raiseFence, readLease, takeLease, withHeartbeat } from '../src/index.ts';
import { expiry, requestOf, useDatabase } from './support.ts';

const database = useDatabase();

const renewedAt = (name: string) =>
  database.session(async (session) => {
    const [row] = await session.query<{ at: string }>('SELECT renewed_at::text AS at FROM ops.lease WHERE name = $1', [
      name,
    ]);
    return row!.at;
  });

/** Takes the lease over from a holder that could not renew it in time. */
async function takeOver(session: Session, name: string): Promise<void> {
  await session.transaction(async () => {
    await session.execute('UPDATE ops.lease SET expires_at = clock_timestamp() WHERE name = $1', [name]);
    await takeLease(session, requestOf('second', name));
  });
}

it('stops the work of a holder that was silent for too long, as soon as another one has begun', async () => {
  const lease = await database.session((session) => takeLease(session, requestOf('first', 'silent')));
  const working = withHeartbeat(database.connection(), lease, expiry, async (signal) => {
    await database.session((session) => takeOver(session, 'silent'));
    // the heartbeat may have noticed before this line
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  });
  await expect(working).rejects.toMatchObject({ code: 'LEASE_LOST', exitCode: 75 });
  // and it has not renewed what is another's
  const held = await database.session((session) => readLease(session, 'silent'));
  expect(held).toMatchObject({ run: 'second', fence: lease.fence + 1 });
});

it('is renewed also after its fence was raised above what a host has seen from another ledger', async () => {
  const lease = await database.session((session) => takeLease(session, requestOf('first', 'raised')));
  await withHeartbeat(database.connection(), lease, expiry, async (signal) => {
    const raised = await database.session((session) => raiseFence(session, lease, lease.fence + 7));
    expect(raised.fence).toBe(lease.fence + 8);
    const before = await renewedAt('raised');
    await until(async () => signal.aborted || (await renewedAt('raised')) !== before);
    signal.throwIfAborted();
  });
});

it('is tried again while the lease lasts, and given up before it is over', async () => {
  const lease = await database.session((session) => takeLease(session, requestOf('first', 'cut-off')));
  const began = performance.now();
  // nothing listens there
  const nowhere = { ...database.connection(), url: secretUrl('NOWHERE', 'postgres://nobody@127.0.0.1:1/nothing') };
  const working = withHeartbeat(nowhere, lease, expiry, async (signal) => {
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  });
  await expect(working).rejects.not.toMatchObject({ code: 'LEASE_LOST' });
  expect(performance.now() - began).toBeGreaterThan(expiry * 0.6);
});

it('is kept for a step that does not know of it, in the checkout that has it alone', async () => {
  const keeping = (session: Session, place: string) => ({
    session,
    connection: database.connection(),
    name: 'kept',
    place,
    expiry,
  });
  const { place } = requestOf('first');
  await database.session(async (session) => {
    // free: nothing to keep
    expect(await keepLease(keeping(session, place), async () => 'done')).toBe('done');
    await takeLease(session, requestOf('first', 'kept'));
    const taken = await renewedAt('kept');
    await keepLease(keeping(session, 'desk:/checkout'), async () => expect(await renewedAt('kept')).toBe(taken));
    await keepLease(keeping(session, place), async () => {
      const before = await renewedAt('kept');
      expect(before).not.toBe(taken);
      await until(async () => (await renewedAt('kept')) !== before);
    });
  });
});
