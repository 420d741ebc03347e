import { readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listProcesses } from '@opsgraph/hosts/testing';
import { until } from '@opsgraph/testing';
import { afterEach, expect, it } from 'vitest';
import {
  deployRelease,
  openDeployment,
  readStatus,
  rollbackRelease,
  stopService,
  verifyDeployment,
} from '../src/index.ts';
import { createFleet, type Fleet, type FleetOptions, openingOf, schema } from './fleet.ts';

let fleet: Fleet;
afterEach(() => fleet[Symbol.asyncDispose]());
const create = async (options: Partial<FleetOptions> = {}): Promise<void> => {
  fleet = await createFleet({ hosts: ['one'], ...options });
};

it('deploys, finds nothing to do, deploys a change, goes back, and stops', async () => {
  await create();
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  expect(await fleet.deploy(first)).toEqual(['one']);
  expect(await fleet.ask('one')).toMatchObject({ release: first.manifest.id, version: '1' });
  expect(await fleet.deploy(first)).toEqual([]);
  expect(await fleet.deploy(second)).toEqual(['one']);
  expect(await fleet.ask('one')).toMatchObject({ release: second.manifest.id, version: '2' });
  const main = (id: string) => stat(join(fleet.root('one'), 'releases', id, 'main.mjs'));
  expect((await main(second.manifest.id)).ino).toBe((await main(first.manifest.id)).ino);

  expect(await fleet.on((context) => rollbackRelease(context, undefined, schema))).toMatchObject({
    release: first.manifest.id,
    from: [second.manifest.id],
  });
  expect(await fleet.ask('one')).toMatchObject({ version: '1' });
  expect(await readlink(join(fleet.root('one'), 'current'))).toBe(`releases/${first.manifest.id}`);
  // what was left is not gone back to
  await expect(fleet.on((context) => rollbackRelease(context, undefined, schema))).rejects.toMatchObject({
    code: 'NO_RELEASE_TO_ROLL_BACK_TO',
  });
  expect(await fleet.on(stopService)).toEqual(['one']);
  await expect(fleet.ask('one')).rejects.toThrow();
  expect(await fleet.on(stopService)).toEqual([]);
  expect(await fleet.deploy(first)).toEqual(['one']);
  const audit = await readFile(join(fleet.root('one'), '.ops/audit.log'), 'utf8');
  expect(audit.trim().split('\n').length).toBeGreaterThanOrEqual(5);
});

it('tells a service what its host is for', async () => {
  const roles: Record<string, string[]> = { one: ['web', 'worker'], two: [] };
  await create({ hosts: ['one', 'two'], addresses: (name) => ({ roles: roles[name]! }) });
  await fleet.deploy(await fleet.build('well'));
  expect(await fleet.ask('one')).toMatchObject({ roles: 'web worker' });
  expect(await fleet.ask('two')).toMatchObject({ roles: '' });
});

it('says that a service which puts itself into the background cannot be kept', async () => {
  await create();
  // the child it leaves has the right answer, so only the supervisor can know
  await expect(fleet.deploy(await fleet.build('forks'))).rejects.toMatchObject({
    message: expect.stringContaining('it must stay in the foreground'),
  });
  await expect(fleet.ask('one')).rejects.toThrow();
});

it('bounds what the service says while it runs', async () => {
  await create();
  await fleet.deploy(await fleet.build('chats'));
  const log = join(fleet.root('one'), '.ops/log/service.log');
  await until(async () => (await stat(log)).size < 1_000_000);
  expect((await stat(`${log}.1`)).size).toBeGreaterThan(20_000_000);
  // and it continues running, with nobody left behind when it is stopped
  await fleet.ask('one');
  await fleet.on(stopService);
  expect(listProcesses().filter(({ environment }) => environment.includes(fleet.root('one')))).toEqual([]);
});

it('kills a service that does not end on TERM', async () => {
  await create();
  await fleet.deploy(await fleet.build('stays'));
  expect(await fleet.on(stopService)).toEqual(['one']);
  await expect(fleet.ask('one')).rejects.toThrow();
});

it('hands the environment over exactly, and never on a command line', async () => {
  await create();
  await fleet.deploy(await fleet.build('well'));
  expect(await fleet.ask('one')).toMatchObject({ secret: `it's a "secret" $(id) \`id\` xxxxx`.length });
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    expect(line).not.toContain('it\'s a "secret"');
  }
});

it('lets one deployment in at a time, and names who is there', async () => {
  await create();
  const release = await fleet.build('well');
  await fleet.on((context) => openDeployment(context, openingOf(release), async () => {}));
  const other = { place: 'other:/checkout', run: { id: 'other', actor: 'ben', host: 'desk' } };
  await expect(
    fleet.on((context) => openDeployment(context, openingOf(release), async () => {}), other),
  ).rejects.toMatchObject({
    code: 'LEASE_HELD',
    exitCode: 75,
    message: expect.stringContaining('ana on laptop'),
  });
  await expect(fleet.on((context) => deployRelease(context, release, schema), other)).rejects.toMatchObject({
    code: 'NO_DEPLOYMENT',
    message: expect.stringContaining('ana on laptop'),
  });
  // the first is not disturbed
  await fleet.on((context) => deployRelease(context, release, schema));
  await fleet.on(verifyDeployment);
});

it('takes over when the holder is silent for one expiry, and the late one is refused', async () => {
  fleet = await createFleet({ hosts: ['one'], settings: { leaseExpiry: 1000 } });
  const release = await fleet.build('well');
  await fleet.on((context) => openDeployment(context, openingOf(release), async () => {}));
  await fleet.database.session((session) =>
    session.execute("UPDATE ops.lease SET expires_at = clock_timestamp() - interval '1 s'"),
  );
  const other = { place: 'other:/checkout', run: { id: 'other', actor: 'ben', host: 'desk' } };
  const opened = await fleet.on((context) => openDeployment(context, openingOf(release), async () => {}), other);
  expect(opened.dead).toMatchObject([{ state: 'abandoned', actor: 'ana' }]);
  await expect(fleet.on((context) => deployRelease(context, release, schema))).rejects.toMatchObject({
    code: 'NO_DEPLOYMENT',
  });
});

it('refuses a release root that is a link, and one where current leads elsewhere', async () => {
  await create();
  const release = await fleet.build('well');
  await symlink('/tmp', join(fleet.path, 'link'));
  const linked = {
    ...fleet.settings,
    hosts: { one: { ...fleet.settings.hosts['one']!, root: join(fleet.path, 'link') } },
  };
  await expect(fleet.deploy(release, { settings: linked })).rejects.toMatchObject({
    code: 'ROOT_IS_LINK',
    exitCode: 77,
  });
  await fleet.deploy(release);
  const { mkdtemp, rename, rm } = await import('node:fs/promises');
  for (const name of ['releases', '.ops']) {
    const elsewhere = join(await mkdtemp(join(fleet.path, 'elsewhere-')), name);
    await rename(join(fleet.root('one'), name), elsewhere);
    await symlink(elsewhere, join(fleet.root('one'), name));
    await expect(fleet.deploy(release)).rejects.toMatchObject({ code: 'ROOT_IS_LINK', exitCode: 77 });
    await rm(join(fleet.root('one'), name));
    await rename(elsewhere, join(fleet.root('one'), name));
  }
  await rm(join(fleet.root('one'), 'current'));
  await symlink('/srv/elsewhere', join(fleet.root('one'), 'current'));
  await expect(fleet.deploy(release)).rejects.toMatchObject({ code: 'HOSTS_NOT_READY' });
});

it('does not spread a file that somebody edited on the host, and does not go back to a release without manifest', async () => {
  await create();
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await writeFile(join(fleet.root('one'), 'releases', first.manifest.id, 'lib/part 3.txt'), 'edited');
  await fleet.deploy(second);
  const file = join(fleet.root('one'), 'releases', second.manifest.id, 'lib/part 3.txt');
  expect(await readFile(file, 'utf8')).toBe('part 3');
  const { rm } = await import('node:fs/promises');
  await rm(join(fleet.root('one'), 'releases', first.manifest.id, '.release.json'));
  await expect(fleet.on((context) => rollbackRelease(context, undefined, schema))).rejects.toMatchObject({
    code: 'RELEASE_GONE',
    exitCode: 77,
  });
});

it('refuses to go back past a migration, and to deploy what does not know the schema', async () => {
  await create();
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.deploy(second);
  const newer = { applied: ['1_a', '2_b'], pending: [] };
  await expect(fleet.on((context) => rollbackRelease(context, undefined, newer))).rejects.toMatchObject({
    code: 'SCHEMA_MISFIT',
    message: expect.stringContaining('2_b'),
  });
  const third = await fleet.build('well', '3');
  for (const [schemaThen, says] of [
    [newer, 'knows the schema up to 1_a, the database has 2_b'],
    [{ applied: [], pending: ['1_a'] }, 'needs migration 1_a, which is not applied'],
  ] as const) {
    await fleet.on((context) => openDeployment(context, openingOf(third)));
    await expect(fleet.on((context) => deployRelease(context, third, schemaThen))).rejects.toMatchObject({
      code: 'SCHEMA_MISFIT',
      exitCode: 77,
      message: expect.stringContaining(says),
    });
  }
  expect(await fleet.ask('one')).toMatchObject({ version: '2' });
});

it('keeps shared paths over releases, and links the other files all the same when they were changed', async () => {
  fleet = await createFleet({ hosts: ['one'], settings: { shared: ['lib', 'up/loads'] } });
  await fleet.deploy(await fleet.build('well', '1'));
  const current = join(fleet.root('one'), 'current');
  await writeFile(join(current, 'up/loads/mine'), 'kept');
  await writeFile(join(current, 'lib/part 1.txt'), 'changed');
  await fleet.deploy(await fleet.build('well', '2'));
  expect(await readFile(join(current, 'up/loads/mine'), 'utf8')).toBe('kept');
  expect(await readFile(join(current, 'lib/part 1.txt'), 'utf8')).toBe('changed');
  expect(await readFile(join(current, 'lib/part 2.txt'), 'utf8')).toBe('part 2');
  // the version, and the 12 of lib
  expect(fleet.said.filter((line) => line.includes('(13 of 15 files uploaded)'))).toHaveLength(1);
});

it('names a host that has drifted', async () => {
  fleet = await createFleet({ hosts: ['one', 'two'] });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.deploy(second);
  const only = { ...fleet.settings, hosts: { one: fleet.settings.hosts['one']! } };
  expect((await fleet.on(readStatus)).drift).toEqual([]);
  await fleet.on((context) => rollbackRelease(context, undefined, schema), { settings: only });
  const { drift, hosts } = await fleet.on(readStatus);
  expect(drift).toEqual([
    expect.stringMatching(`two has release ${second.manifest.id} .*expected ${first.manifest.id}`),
  ]);
  expect(hosts.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  // a record that somebody edited is none; the service is asked at its port all the same
  await writeFile(join(fleet.root('two'), '.ops/live'), 'edited\n');
  expect((await fleet.on(readStatus)).hosts[1]).toMatchObject({
    release: second.manifest.id,
    by: undefined,
    problem: undefined,
  });
});

it('says which host has left the configuration and may go on serving, until stop has ended it', async () => {
  fleet = await createFleet({ hosts: ['one', 'two'] });
  const both = fleet.settings;
  await fleet.deploy(await fleet.build('well', '1'));
  const only = { settings: { ...both, hosts: { one: both.hosts['one']! } } };
  const says = expect.stringMatching(/^two is no longer in the configuration, and still has release [0-9a-f]{16}/);
  expect((await fleet.on(readStatus, only)).left).toEqual([says]);
  await fleet.deploy(await fleet.build('well', '2'), only);
  expect(fleet.said).toContainEqual(says);
  fleet.said.splice(0);
  await fleet.deploy(await fleet.build('well', '3'), only);
  expect(fleet.said).not.toContainEqual(says);
  expect((await fleet.on(readStatus, only)).left).toEqual([says]);
  await fleet.on(stopService);
  expect((await fleet.on(readStatus, only)).left).toEqual([]);
});
