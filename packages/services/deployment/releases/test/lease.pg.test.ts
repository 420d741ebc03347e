import { once } from 'node:events';
import { until } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withHeartbeat } from '../src/ledger/heartbeat.ts';
import { freeLease, raiseFence, readLease, takeLease } from '../src/ledger/lease.ts';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await createFleet({ hosts: [] });
});
afterAll(() => fleet[Symbol.asyncDispose]());

it('stops the work of a holder that was silent for too long, as soon as another one has begun', async () => {
  const request = (deployment: string) => ({ deployment, place: 'checkout', holder: 'ana on laptop', expiry: 600 });
  const lease = await fleet.on(({ session }) => takeLease(session, request('first')));
  const working = fleet.on(({ connection }) =>
    withHeartbeat(connection, lease, 600, async (signal) => {
      await fleet.on(({ session }) =>
        session.transaction(async () => {
          await session.execute('UPDATE ops.deployment_lease SET expires_at = clock_timestamp()');
          await takeLease(session, request('second'));
        }),
      );
      // the heartbeat may have noticed before this line
      if (!signal.aborted) await once(signal, 'abort');
      signal.throwIfAborted();
    }),
  );
  await expect(working).rejects.toMatchObject({ code: 'LEASE_LOST', exitCode: 75 });
  // and it has not renewed what is another's
  const held = await fleet.on(({ session }) => readLease(session));
  expect(held).toMatchObject({ deployment: 'second', fence: lease.fence + 1 });
});

it('is renewed also after its fence was raised above what a host has seen from another ledger', async () => {
  const free = (deployment: string) => fleet.on(({ session }) => freeLease(session, deployment));
  await free('second');
  const request = { deployment: 'third', place: 'checkout', holder: 'ana on laptop', expiry: 600 };
  const lease = await fleet.on(({ session }) => takeLease(session, request));
  const renewed = () =>
    fleet.database.session(async (session) => {
      const [row] = await session.query<{ at: string }>('SELECT renewed_at::text AS at FROM ops.deployment_lease');
      return row!.at;
    });
  await fleet.on(({ connection }) =>
    withHeartbeat(connection, lease, 600, async (signal) => {
      const raised = await fleet.on(({ session }) => raiseFence(session, lease, lease.fence + 7));
      expect(raised.fence).toBe(lease.fence + 8);
      const before = await renewed();
      await until(async () => signal.aborted || (await renewed()) !== before);
      signal.throwIfAborted();
    }),
  );
  await free('third');
});
