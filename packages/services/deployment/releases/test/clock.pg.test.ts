import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@opsgraph/testing';
import { isDemanded } from '@opsgraph/testing/ssh';
import { expect, it } from 'vitest';
import { faketime, settableClock } from './clock.ts';
import { startDeployment } from './deploy-process.ts';
import { createFleet } from './fleet.ts';

it.skipIf(faketime === undefined && !isDemanded)(
  'waits for a service and for another deployment as long as it should, and keeps its lease, when the clock is set meanwhile (needs faketime)',
  async () => {
    // the service takes longer to start than the lease lasts
    await using fleet = await createFleet({
      hosts: ['one'],
      health: { deadline: 30_000 },
      settings: { leaseExpiry: 4000 },
    });
    const [late, next] = [await fleet.build('late'), await fleet.build('well')];
    const [its, others] = [settableClock(join(fleet.path, 'its')), settableClock(join(fleet.path, 'others'))];
    const gating = startDeployment(fleet, late, 'gating', { env: its.env });
    await until(() => gating.said().includes('one: release'));
    const waiting = startDeployment(fleet, next, 'waiting', { host: 'desk', env: others.env });
    await until(() => waiting.said().includes('waiting for') && current() !== undefined);
    its.set('+10m');
    others.set('+10m');
    expect(await gating.ended, gating.said()).toBe(0);
    expect(await waiting.ended, waiting.said()).toBe(0);
    expect(current()).toBe(`releases/${next.manifest.id}`);

    function current(): string | undefined {
      try {
        return readlinkSync(join(fleet.root('one'), 'current'));
      } catch {
        return undefined;
      }
    }
  },
);
