import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@opsgraph/testing';
import { mayMakeNamespaces } from '@opsgraph/testing/network-namespaces';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { describe, expect, it } from 'vitest';
import { readStatus } from '../src/index.ts';
import { expectConverged } from './converged.ts';
import { startDeployment } from './deploy-process.ts';
import { createSshFleet, type SshHost } from './ssh-fleet.ts';

interface Way {
  name: string;
  vanish(host: SshHost): Promise<void>;
  comeBack(host: SshHost): Promise<void>;
}
const ways: Way[] = [
  {
    name: 'its cable is pulled',
    vanish: async ({ namespace }) => namespace!.unplug(),
    comeBack: async ({ namespace }) => namespace!.plug(),
  },
  {
    name: 'it hangs',
    vanish: async ({ server }) => server.freeze(),
    comeBack: async ({ server }) => server.thaw(),
  },
];
const canBeTried = sshd !== undefined && mayMakeNamespaces;

describe.skipIf(!canBeTried && !isDemanded)('a host that vanishes without a word (needs sshd and namespaces)', () => {
  it('is named by the rollout it vanishes from, which takes the others back, and by status; later it catches up', async () => {
    // both at once: nearly all of it is waiting
    const tried = await Promise.allSettled(ways.map(strike));
    for (const one of tried) if (one.status === 'rejected') throw one.reason;
  }, 300_000);
});

async function strike({ name, vanish, comeBack }: Way): Promise<void> {
  await using fleet = await createSshFleet({
    hosts: ['one', 'two', 'three'],
    health: { deadline: 30_000, timeout: 5000, successes: 1 },
    settings: { leaseExpiry: 3000, rollout: { canary: 1, batch: 1, maxUnavailable: 1, stopAfter: 1 } },
  });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('late', '2')];
  await fleet.deploy(first);
  const two = fleet.machines[1]!;
  // its service takes 5 s to listen, so two is struck while it is being deployed, however busy this machine is
  const deploying = startDeployment(fleet, second, 'struck');
  await until(() => deploying.said().includes(`one: release ${second.manifest.id} is live`));
  await vanish(two);
  const vanished = performance.now();
  const [code, { hosts }] = await Promise.all([deploying.ended, fleet.on(readStatus)]);
  const seconds = (performance.now() - vanished) / 1000;
  const said = `${name}, ${seconds} s:\n${deploying.said()}`;
  expect(hosts[1], said).toMatchObject({ host: 'two', problem: expect.stringContaining('cannot be reached') });
  expect(code, said).toBe(76);
  // 20 s to notice it, and 10 s to find that it cannot go back
  expect(seconds, said).toBeLessThan(90);
  expect(said).toContain('two could NOT be rolled back');
  expect(said).toContain(`one has ${first.manifest.id} again, and is healthy`);
  for (const host of ['one', 'three']) {
    expect(readlinkSync(join(fleet.root(host), 'current'))).toBe(`releases/${first.manifest.id}`);
    expect(await fleet.ask(host)).toMatchObject({ version: '1' });
  }
  await comeBack(two);
  const again = startDeployment(fleet, second, 'again');
  expect(await again.ended, again.said()).toBe(0);
  await expectConverged(fleet, second, said + again.said());
}
