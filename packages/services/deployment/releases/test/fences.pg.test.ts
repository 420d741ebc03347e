import { existsSync } from 'node:fs';
import { cp, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@opsgraph/hosts';
import { localHost } from '@opsgraph/hosts/testing';
import { until } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  deployRelease,
  finishDeployment,
  inspectAll,
  openDeployment,
  type Release,
  verifyDeployment,
} from '../src/index.ts';
import { fenceScript, type HostLease } from '../src/scripts/hold-lease.ts';
import { refusals } from '../src/scripts/refusals.ts';
import { switchScript } from '../src/scripts/switch.ts';
import { releaseLeaseScript } from '../src/scripts/tidy.ts';
import { createFleet, type Fleet, openingOf, schema } from './fleet.ts';

// What the fence of a host does by itself: the ledger, which mostly refuses first, does not help here.

let fleet: Fleet;
let release: Release;
let host: Host;
let root: string;
beforeAll(async () => {
  fleet = await createFleet({ hosts: ['one'] });
  release = await fleet.build('stays');
  await fleet.deploy(release);
  root = fleet.root('one');
  host = reach();
});
afterAll(async () => {
  await host.close();
  await fleet[Symbol.asyncDispose]();
});

const reach = () => localHost({ name: 'one', root, ports: [], timeout: 20_000, refusals, signal: undefined });

const lease = (fence: number, more: Partial<HostLease> = {}): HostLease => ({
  fence,
  token: `deployment ${fence}`,
  ledger: 'one ledger',
  holder: `ana's ${fence}`,
  seconds: 60,
  ...more,
});
const putUp = (one: HostLease) => host.run(fenceScript(root, one, { name: 'one', application: 'app' }));
const refusal = (code: string, words: string) => ({ code, exitCode: 75, message: expect.stringContaining(words) });

it('lets the highest number in, and names its holder to all lower ones', async () => {
  await putUp(lease(10));
  await putUp(lease(10));
  await putUp(lease(12));
  for (const late of [10, 11])
    await expect(putUp(lease(late))).rejects.toMatchObject(refusal('HOST_FENCED', "ana's 12"));
  await putUp(lease(12));
});

it('keeps another deployment out that comes with the same number', async () => {
  await putUp(lease(20));
  const twin = lease(20, { token: 'somebody else', ledger: 'another ledger' });
  await expect(putUp(twin)).rejects.toMatchObject(refusal('HOST_HELD', "ana's 20"));
  await putUp(lease(20));
});

it('lets one in of those that take it in the same moment with the same number', async () => {
  for (const fence of [24, 25, 26]) {
    const hosts = Array.from({ length: 6 }, reach);
    try {
      const taking = hosts.map((one, index) => {
        const script = fenceScript(root, lease(fence, { token: `number ${index}` }), {
          name: 'one',
          application: 'app',
        });
        return one.run(script);
      });
      const ends = await Promise.allSettled(taking);
      const refused = ends.filter((end) => end.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(Array(5).fill('HOST_HELD'));
    } finally {
      await Promise.all(hosts.map((one) => one.close()));
    }
  }
});

it('keeps a deployment of another ledger out until the lease is over or given back', async () => {
  const other = (fence: number) => lease(fence, { ledger: 'another ledger' });
  await putUp(lease(30));
  await expect(putUp(other(31))).rejects.toMatchObject(refusal('HOST_HELD', "ana's 30"));
  await host.run(releaseLeaseScript(root, lease(30)));
  await putUp(other(31));
  await putUp({ ...other(32), seconds: -1 });
  await putUp(lease(33));
});

it('is looked at again right before the switch, by a script that nobody could end', async () => {
  const before = await readlink(join(root, 'current'));
  const next = 'f'.repeat(16);
  await cp(join(root, before), join(root, 'releases', next), { recursive: true });
  const { hosts } = fleet.settings;
  const port = hosts['one']!.port!;
  const [state] = await fleet.on(inspectAll);
  const settings = { name: state!.live!.settings!, record: undefined };
  const ending = { root, current: {}, formerStop: undefined, deployment: 'late', actor: 'ana' };
  const whole = { ...ending, settings, roles: '', port, listens: false, time: 0 };
  // it waits for a service that stays after TERM
  const late = reach();
  const switching = late.run(switchScript({ ...whole, lease: lease(40) }, next));
  const refused = expect(switching).rejects.toMatchObject(refusal('HOST_FENCED', "ana's 41"));
  const scripts = join(root, '.ops/scripts');
  await until(async () => existsSync(join(root, '.ops/fences/40/until')) && (await readdir(scripts)).length > 0);
  await rm(scripts, { recursive: true });
  await putUp(lease(41));
  await refused;
  await late.close();
  expect(await readlink(join(root, 'current'))).toBe(before);
});

it('refuses two names for one place of one machine, before anything is switched', async () => {
  await using twice = await createFleet({ hosts: ['web', 'web-long'] });
  const { web } = twice.settings.hosts;
  Object.assign(twice.settings.hosts, { 'web-long': { ...twice.settings.hosts['web-long']!, root: web!.root } });
  await expect(twice.deploy(await twice.build('well'))).rejects.toMatchObject({
    code: 'SAME_PLACE',
    exitCode: 78,
    message: expect.stringMatching(/^(web|web-long): is the same place as (web|web-long)$/),
  });
  expect(existsSync(join(twice.root('web'), 'current'))).toBe(false);
});

it('keeps environments apart that share a release root by mistake, and is raised above what the other has put up', async () => {
  await using other = await createFleet({ hosts: ['one'], addresses: () => ({ root }) });
  const opening = openingOf(release);
  await rm(join(root, '.ops/fences'), { recursive: true });
  await putUp(lease(50, { seconds: -1 }));
  await fleet.on((context) => openDeployment(context, opening));
  await expect(other.on((context) => openDeployment(context, opening))).rejects.toMatchObject(
    refusal('HOST_HELD', 'one: ana on laptop deploys there, recorded in another database'),
  );
  await goOn(fleet);
  await other.on((context) => openDeployment(context, opening));
  await goOn(other);
  await fleet.on((context) => openDeployment(context, opening));
});

async function goOn(opened: Fleet): Promise<void> {
  await opened.on((context) => deployRelease(context, release, schema));
  await opened.on(verifyDeployment);
  await opened.on(finishDeployment);
}
