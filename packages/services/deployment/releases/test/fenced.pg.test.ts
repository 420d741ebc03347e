import { until } from '@opsgraph/testing';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDeployment, type Release, readStatus } from '../src/index.ts';
import { clock, faketime } from './clock.ts';
import { expectConverged } from './converged.ts';
import { startDeployment } from './deploy-process.ts';
import { openingOf } from './fleet.ts';
import { createSshFleet, type SshFleet } from './ssh-fleet.ts';

const ahead = faketime && `env LD_PRELOAD=${faketime} FAKETIME=+10m bash`;

describe.skipIf(sshd === undefined && !isDemanded)('the lease over ssh hosts (needs openssh-server)', () => {
  let fleet: SshFleet;
  let releases: [Release, Release, Release];
  beforeAll(async () => {
    fleet = await createSshFleet({
      hosts: ['one', 'two', 'ahead'],
      shells: [undefined, 'dash', ahead],
      health: { deadline: 20_000, timeout: 5000, successes: 1 },
      settings: { leaseExpiry: 4000, rollout: { canary: 1, batch: 1, maxUnavailable: 1, stopAfter: 1 } },
    });
    // the second takes 5 s to listen on each host: what is to happen meanwhile does, however busy this machine is
    releases = [await fleet.build('well', '1'), await fleet.build('late', '2'), await fleet.build('well', '3')];
    expect(await startDeployment(fleet, releases[0], 'first').ended).toBe(0);
  }, 120_000);
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  it('keeps out a deployer that was paused for longer than its lease, from when another one has begun', async () => {
    const [, late, next] = releases;
    const paused = startDeployment(fleet, late, 'paused');
    await until(() => paused.said().includes('one: release') && paused.said().includes('is live'));
    paused.child.kill('SIGSTOP');
    const before = await current();
    const { dead } = await openAfterwards(next, 'desk-1');
    expect(dead).toMatchObject([{ id: 'paused', state: 'abandoned' }]);
    paused.child.kill('SIGCONT');
    expect(await paused.ended, paused.said()).toBe(75);
    expect(paused.said()).toMatch(/LEASE_LOST|HOST_FENCED/);
    expect(await current()).toEqual(before);
    const again = startDeployment(fleet, next, 'next-1', { host: 'desk' });
    expect(await again.ended, again.said()).toBe(0);
    await expectConverged(fleet, next, paused.said());
  }, 120_000);

  it('ends what a deployer that was paused or cut off has running on a host, when the next one begins', async () => {
    const [first] = releases;
    const service = { ...fleet.settings.service, run: undefined, start: 'sleep 300', reload: 'sleep 300' };
    const hanging = startDeployment({ ...fleet, settings: { ...fleet.settings, service } }, first, 'hanging');
    const sleeping = () => fleet.machines[0]!.processes().filter(({ commandLine }) => commandLine === 'sleep 300');
    await until(() => sleeping().length > 0);
    hanging.child.kill('SIGSTOP');
    await openAfterwards(first, 'desk-2');
    expect(sleeping()).toEqual([]);
    hanging.child.kill('SIGKILL');
    const again = startDeployment(fleet, first, 'next-2');
    expect(await again.ended, again.said()).toBe(0);
    await expectConverged(fleet, first, hanging.said());
  }, 120_000);

  it.skipIf(faketime === undefined && !isDemanded)(
    'is kept by clocks that are ten minutes off, in both directions (needs faketime)',
    async () => {
      const [, first, second] = releases;
      const behind = startDeployment(fleet, first, 'behind', { env: clock('-10m') });
      await until(() => behind.said().includes('is there'));
      const waiting = startDeployment(fleet, second, 'ahead', { host: 'desk', env: clock('+10m') });
      expect([await behind.ended, await waiting.ended], behind.said() + waiting.said()).toEqual([0, 0]);
      expect(behind.said()).toMatch(/one: its clock is (59[5-9]|60\d) s ahead/);
      expect(behind.said()).toMatch(/ahead: its clock is (119[5-9]|120\d) s ahead/);
      expect(waiting.said()).toContain('waiting for ana on laptop');
      await expectConverged(fleet, second, waiting.said());
      const [order] = await fleet.database.session((session) =>
        session.query(
          `SELECT (SELECT finished_at FROM ops.deployment WHERE id = 'behind') <=
                  (SELECT started_at FROM ops.deployment WHERE id = 'ahead') AS well`,
        ),
      );
      expect(order).toEqual({ well: true });
    },
    120_000,
  );

  const current = async (): Promise<(string | undefined)[]> =>
    (await fleet.on(readStatus)).hosts.map(({ release }) => release);

  /** From another machine, when the lease is over. */
  async function openAfterwards(release: Release, id: string) {
    await until(async () => {
      const [row] = await fleet.database.session((session) =>
        session.query<{ over: boolean }>('SELECT expires_at <= clock_timestamp() AS over FROM ops.lease'),
      );
      return row!.over;
    });
    return fleet.on((context) => openDeployment(context, openingOf(release)), {
      place: 'desk:/checkout',
      run: { id, actor: 'ana', host: 'desk' },
    });
  }
});
