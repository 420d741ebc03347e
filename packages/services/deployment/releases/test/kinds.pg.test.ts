import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listProcesses } from '@opsgraph/hosts/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DeploymentSettings, stopService } from '../src/index.ts';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await createFleet({ hosts: ['one'], health: { deadline: 4000 } });
});
afterEach(() => fleet[Symbol.asyncDispose]());

/** Services that run in the root, without those that keep them running. */
const running = (): number =>
  listProcesses().filter(
    ({ environment, commandLine }) =>
      environment.includes(`OPS_SERVICE=${fleet.root('one')}:`) && commandLine.startsWith(process.execPath),
  ).length;

/** A supervisor of the host, which starts the service under its own name. */
const own = (stop: string | undefined, name = 'unit'): Partial<DeploymentSettings['service']> => ({
  run: undefined,
  start: `cd $OPS_ROOT/current/. && setsid ${process.execPath} main.mjs >/dev/null 2>&1 & echo $! >$OPS_ROOT/${name}`,
  reload: undefined,
  stop,
});
const kill = 'kill $(cat $OPS_ROOT/unit) && rm $OPS_ROOT/unit';

it('ends what it has kept running when a supervisor of the host takes over, and the other way round', async () => {
  const { service } = fleet.settings;
  const [first, second, third] = [
    await fleet.build('well', '1'),
    await fleet.build('well', '2'),
    await fleet.build('well', '3'),
  ];
  await fleet.deploy(first);
  fleet.settings.service = { ...service, ...own(kill) };
  expect(await fleet.deploy(second)).toEqual(['one']);
  expect(await fleet.ask('one')).toMatchObject({ version: '2' });
  expect(running()).toBe(1);
  fleet.settings.service = service;
  expect(await fleet.deploy(third)).toEqual(['one']);
  expect(await fleet.ask('one')).toMatchObject({ version: '3' });
  expect(running()).toBe(1);
  expect(existsSync(join(fleet.root('one'), 'unit'))).toBe(false);
});

it('stops what was started before the configuration changed, by what belongs to it', async () => {
  const { service } = fleet.settings;
  await fleet.deploy(await fleet.build('well'));
  fleet.settings.service = { ...service, ...own('false') };
  expect(await fleet.on(stopService)).toEqual(['one']);
  expect(running()).toBe(0);
  fleet.settings.service = { ...service, ...own(kill) };
  await fleet.deploy(await fleet.build('well'));
  fleet.settings.service = service;
  expect(await fleet.on(stopService)).toEqual(['one']);
  await expect.poll(running).toBe(0);
});

it('goes back from a supervisor of the host that cannot start it to what it kept running', async () => {
  const { service } = fleet.settings;
  const first = await fleet.build('well', '1');
  await fleet.deploy(first);
  fleet.settings.service = { ...service, ...own(kill), start: 'exit 5' };
  await expect(fleet.deploy(await fleet.build('well', '2'))).rejects.toMatchObject({
    problems: expect.arrayContaining([`one has ${first.manifest.id} again, and is healthy`]),
  });
  expect(await fleet.ask('one')).toMatchObject({ version: '1' });
  expect(running()).toBe(1);
});

it('ends the service on the former port when the port changes, and stops it on that one', async () => {
  const [port] = (await freePorts(1)) as [number];
  const { hosts } = fleet.settings;
  const moved = { one: { ...hosts['one']!, port } };
  const release = await fleet.build('well');
  await fleet.deploy(release);
  fleet.settings.hosts = moved;
  expect(await fleet.deploy(release)).toEqual(['one']);
  expect(await fleet.ask('one')).toMatchObject({ release: release.manifest.id });
  expect(running()).toBe(1);
  fleet.settings.hosts = hosts;
  expect(await fleet.on(stopService)).toEqual(['one']);
  expect(running()).toBe(0);
});

it('says that it cannot stop what came without a stop command, instead of saying that it has', async () => {
  const { service } = fleet.settings;
  fleet.settings.service = { ...service, ...own(undefined) };
  await fleet.deploy(await fleet.build('well'));
  await expect(fleet.on(stopService)).rejects.toMatchObject({ code: 'STOP_UNKNOWN', exitCode: 78 });
  fleet.settings.service = { ...service, ...own(kill) };
  expect(await fleet.on(stopService)).toEqual(['one']);
  await expect.poll(running).toBe(0);
  expect(await readFile(join(fleet.root('one'), '.ops/audit.log'), 'utf8')).toContain('release=stop');
});
