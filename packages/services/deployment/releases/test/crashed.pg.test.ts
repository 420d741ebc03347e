import { existsSync } from 'node:fs';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { listProcesses } from '@opsgraph/hosts/testing';
import { until } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { expect, it } from 'vitest';
import { deployRelease, openDeployment, readStatus, verifyDeployment } from '../src/index.ts';
import { createFleet, type Fleet, openingOf, schema } from './fleet.ts';

it.each(['symlink', 'blue-green'] as const)(
  'starts a service again that has crashed; the same release, deployed by %s, does nothing when that was long ago, else starts it again',
  async (strategy) => {
    const ports = await freePorts(2);
    await using fleet = await createFleet({
      hosts: ['one'],
      addresses: () => ({ port: undefined }),
      settings: { strategy, proxy: { switch: `printf %s "$OPS_PORT" >proxy`, drain: 50 } },
    });
    fleet.settings.service = { ...fleet.settings.service, ports };
    const release = await fleet.build('well');
    await fleet.deploy(release);

    await crash();
    // it answers again, and may be between two crashes
    await until(async () => /was restarted$/.test((await fleet.on(readStatus)).hosts[0]!.problem ?? ''));
    await crashedAt(Date.now() - 3_600_000);
    expect((await fleet.on(readStatus)).hosts[0]!.problem).toBe(undefined);
    expect(await fleet.deploy(release)).toEqual([]);
    await crashedAt(Date.now());
    expect(await fleet.deploy(release)).toEqual(['one']);
    expect(await fleet.deploy(release)).toEqual([]);

    async function crashedAt(time: number): Promise<void> {
      const [slot] = await readdir(join(fleet.root('one'), '.ops/service'));
      await utimes(join(fleet.root('one'), '.ops/service', slot!, 'failed'), time / 1000, time / 1000);
    }

    async function crash(): Promise<void> {
      kill(fleet, 'service');
      await until(async () => (await fleet.on(readStatus)).hosts[0]!.problem !== undefined);
    }
  },
);

it('does not verify a service that has ended since its health was found good', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.on((context) => openDeployment(context, openingOf(second)));
  await fleet.on((context) => deployRelease(context, second, schema));
  kill(fleet, 'service');
  await until(() =>
    existsSync(join(fleet.root('one'), '.ops/service', String(fleet.settings.hosts['one']!.port), 'failed')),
  );
  await expect(fleet.on(verifyDeployment)).rejects.toMatchObject({
    code: 'NOT_VERIFIED',
    problems: [
      expect.stringContaining('one: the service ended after it was found healthy'),
      `one has ${first.manifest.id} again, and is healthy`,
    ],
  });
});

it('says so when something answers well that nothing keeps running', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const release = await fleet.build('well');
  await fleet.deploy(release);
  kill(fleet, 'supervisor');
  await until(async () => (await fleet.on(readStatus)).hosts[0]!.problem === 'answers, but nothing keeps it running');
  expect(await fleet.deploy(release)).toEqual(['one']);
  expect((await fleet.on(readStatus)).hosts).toMatchObject([{ problem: undefined }]);
});

/** The service, not what keeps it running; or that. */
function kill(fleet: Fleet, what: 'service' | 'supervisor'): void {
  const [found] = listProcesses().filter(
    ({ name, environment, commandLine }) =>
      name !== 'sleep' &&
      environment.includes(`OPS_SERVICE=${fleet.root('one')}:`) &&
      commandLine.includes('supervise') === (what === 'supervisor'),
  );
  process.kill(found!.pid, 'SIGKILL');
}
