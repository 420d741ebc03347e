import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { expect, it } from 'vitest';
import { type DeploymentContext, readStatus, rollbackRelease } from '../src/index.ts';
import { createFleet, type Fleet, type FleetOptions, schema } from './fleet.ts';
import { createSshFleet } from './ssh-fleet.ts';

const secret = 'a secret of the application';
const good = of({ MODE: 'good', COOKIE_SECRET: secret });
const bad = of({ MODE: 'bad', NODE_OPTIONS: '--no-such-flag' });

function of(values: Record<string, string>): Partial<DeploymentContext> {
  return { serviceEnvironment: { values, current: {} } };
}

const fleetOf = (more: Partial<FleetOptions> = {}): Promise<Fleet> => createFleet({ hosts: ['one'], ...more });

const mode = async (fleet: Fleet): Promise<unknown> => ((await fleet.ask('one')) as { mode?: string }).mode;

it('takes back variables that were bad, also when nothing else has changed', async () => {
  await using fleet = await fleetOf();
  const release = await fleet.build('well');
  await fleet.deploy(release, good);
  await expect(fleet.deploy(release, bad)).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
    exitCode: 1,
    problems: expect.arrayContaining([`one has ${release.manifest.id} again, and is healthy`]),
  });
  expect(await mode(fleet)).toBe('good');
  expect(await fleet.deploy(release, good)).toEqual([]);
});

it('takes back a command that was renamed together with the entry point, its port and its gate', async () => {
  const [port] = (await freePorts(1)) as [number];
  await using fleet = await fleetOf();
  const former = structuredClone(fleet.settings);
  const first = await fleet.build('well', '1');
  await fleet.deploy(first, good);
  const main = await readFile(join(fleet.path, 'builds/well-1/app/main.mjs'), 'utf8');
  const second = await fleet.build('well', '2', { 'app/server.mjs': `${main}\nprocess.exit(1);` });
  fleet.settings.service = { ...former.service, run: [process.execPath, 'server.mjs'] };
  fleet.settings.health = { ...former.health, path: '/broken' };
  const host = { ...former.hosts['one']!, port };
  fleet.settings.hosts = { one: host };
  await expect(fleet.deploy(second, bad)).rejects.toMatchObject({
    problems: expect.arrayContaining([`one has ${first.manifest.id} again, and is healthy`]),
  });
  const configured = fleet.settings.hosts;
  fleet.settings.hosts = former.hosts;
  expect(await fleet.ask('one')).toMatchObject({ release: first.manifest.id, version: '1', mode: 'good' });
  fleet.settings.hosts = configured;
  // by the gate that belongs to what is live
  const status = await fleet.on(readStatus);
  expect(status.hosts).toMatchObject([{ release: first.manifest.id, problem: undefined }]);
});

it.skipIf(sshd === undefined && !isDemanded).each([undefined, 'dash', 'busybox sh'])(
  'takes a port back over ssh, on a host with the shell %s (needs openssh-server)',
  async (shell) => {
    await using fleet = await createSshFleet({ hosts: ['one'], shells: [shell] });
    const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
    await fleet.deploy(first, good);
    const [port] = (await freePorts(1)) as [number];
    const { service, hosts } = fleet.settings;
    fleet.settings.service = { ...service, ports: [port] };
    fleet.settings.hosts = { one: { ...hosts['one']!, port: undefined } };
    await expect(fleet.deploy(second, bad)).rejects.toMatchObject({
      problems: expect.arrayContaining([`one has ${first.manifest.id} again, and is healthy`]),
    });
    expect((await fleet.on(readStatus)).hosts).toMatchObject([{ release: first.manifest.id, problem: undefined }]);
  },
);

it('rolls back to the settings that the release had, and from bad settings to the good ones of the same release', async () => {
  await using fleet = await fleetOf();
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first, of({ MODE: 'first' }));
  await fleet.deploy(second, of({ MODE: 'second' }));
  await fleet.deploy(second, of({ MODE: 'worse' }));
  // the configuration is worse still
  const back = (to?: string) => fleet.on((context) => rollbackRelease(context, to, schema), bad);
  expect(await back()).toMatchObject({ release: second.manifest.id, changed: ['one'], problems: [] });
  expect(await mode(fleet)).toBe('second');
  expect(await back()).toMatchObject({ release: first.manifest.id, changed: ['one'], problems: [] });
  expect(await fleet.ask('one')).toMatchObject({ version: '1', mode: 'first' });
  expect(await back(second.manifest.id)).toMatchObject({ changed: ['one'], problems: [] });
  expect(await fleet.ask('one')).toMatchObject({ version: '2', mode: 'second' });
});

it('by blue-green touches nothing that gets requests, and says so', async () => {
  const ports = await freePorts(2);
  await using fleet = await fleetOf({
    addresses: () => ({ port: undefined }),
    settings: { strategy: 'blue-green', proxy: { switch: 'printf %s "$OPS_PORT" >proxy', drain: 0 } },
  });
  fleet.settings.service = { ...fleet.settings.service, ports };
  const release = await fleet.build('well');
  await fleet.deploy(release, good);
  const pid = (): Promise<string> => readFile(join(fleet.root('one'), `.ops/service/${ports[0]}/pid`), 'utf8');
  const before = await pid();
  fleet.settings.proxy = { switch: 'false', drain: 0 };
  await expect(fleet.deploy(release, of({ MODE: 'other' }))).rejects.toMatchObject({
    message: expect.stringContaining('the proxy did not switch'),
    problems: [`one has ${release.manifest.id} again, and is healthy`],
  });
  await expect(fleet.deploy(release, bad)).rejects.toMatchObject({
    problems: expect.arrayContaining([`one has ${release.manifest.id} again, and is healthy`]),
  });
  expect(await pid()).toBe(before);
  expect(await readFile(join(fleet.root('one'), 'proxy'), 'utf8')).toBe(String(ports[0]));
});

it('goes back from what a failed smoke check found by the settings of before', async () => {
  await using fleet = await fleetOf();
  const release = await fleet.build('well');
  await fleet.deploy(release, good);
  fleet.settings.smoke = ['/broken'];
  await expect(fleet.deploy(release, of({ MODE: 'other' }))).rejects.toMatchObject({ code: 'NOT_VERIFIED' });
  expect(await mode(fleet)).toBe('good');
});

it('keeps secrets for its user alone, and no longer than somebody may go back to them', async () => {
  await using fleet = await fleetOf();
  fleet.settings.keep = 1;
  const release = await fleet.build('well');
  await fleet.deploy(release, good);
  const kept = join(fleet.root('one'), '.ops/settings');
  const [name] = (await readdir(kept)) as [string];
  expect((await stat(kept)).mode & 0o077).toBe(0);
  for (const file of await readdir(join(kept, name)))
    expect((await stat(join(kept, name, file))).mode & 0o077, file).toBe(0);
  expect(await readFile(join(kept, name, 'service'), 'utf8')).toContain(secret);
  for (const count of [1, 2, 3]) await fleet.deploy(release, of({ MODE: `number ${count}` }));
  expect(await readdir(kept)).toHaveLength(2);
  expect(await readdir(kept)).not.toContain(name);
});
