import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { expect, it } from 'vitest';
import {
  type DeploymentContext,
  inspectAll,
  type PlannedHost,
  planDeployment,
  type Release,
  stopService,
} from '../src/index.ts';
import { createFleet, type Fleet, schema } from './fleet.ts';

it.each(['symlink', 'blue-green'] as const)(
  'starts the same release again, by %s, when its service has other variables or another command now, and plans that',
  async (strategy) => {
    const ports = await freePorts(2);
    await using fleet = await createFleet({
      hosts: ['one'],
      addresses: () => ({ port: undefined }),
      settings: { strategy, proxy: { switch: `printf %s "$OPS_PORT" >proxy`, drain: 50 } },
    });
    fleet.settings.service = { ...fleet.settings.service, ports };
    const release = await fleet.build('well');
    const quiet = { serviceEnvironment: { values: { MODE: 'quiet' }, current: {} } };
    const loud = { serviceEnvironment: { values: { MODE: 'loud' }, current: {} } };
    await fleet.deploy(release, quiet);
    const first = await mode(fleet);
    expect(await planned(fleet, release, quiet)).toBeUndefined();
    expect(await planned(fleet, release, loud)).toBe('restart');
    expect([await fleet.deploy(release, loud), await fleet.deploy(release, loud)]).toEqual([['one'], []]);
    expect([first, await mode(fleet)]).toEqual(['quiet', 'loud']);
    const { service } = fleet.settings;
    fleet.settings.service = { ...service, run: [...service.run!, '--more'] };
    expect([await fleet.deploy(release, loud), await fleet.deploy(release, loud)]).toEqual([['one'], []]);
    // a mark of variables that may be secret
    const [slot] = (await liveServices(fleet))!;
    const { mode: bits } = await stat(join(fleet.root('one'), '.ops/service', String(slot), 'settings'));
    expect(bits & 0o077).toBe(0);
    // what the service says may be, too
    for (const path of ['.ops/log', '.ops/log/service.log', '.ops/log/begun'])
      expect([path, (await stat(join(fleet.root('one'), path))).mode & 0o077]).toEqual([path, 0]);

    await fleet.on(stopService, loud);
    expect(await planned(fleet, release, loud)).toBe('start');
    expect(await fleet.deploy(release, loud)).toEqual(['one']);
    expect(await planned(fleet, release, loud)).toBeUndefined();
  },
);

it('reloads a service of its own supervisor only when it runs: not after it was stopped', async () => {
  await using fleet = await createFleet({ hosts: ['one'], health: { command: ':' } });
  fleet.settings.service = {
    ...fleet.settings.service,
    run: undefined,
    start: '[ ! -e $OPS_ROOT/runs ] && touch $OPS_ROOT/runs',
    reload: '[ -e $OPS_ROOT/runs ]',
    stop: 'rm $OPS_ROOT/runs',
  };
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  expect(await fleet.deploy(second)).toEqual(['one']);
  expect(await planned(fleet, second)).toBeUndefined();
  await fleet.on(stopService);
  expect(await planned(fleet, second)).toBe('start');
  expect(await fleet.deploy(second)).toEqual(['one']);
  expect(await fleet.deploy(second)).toEqual([]);
});

async function planned(
  fleet: Fleet,
  { manifest }: Release,
  more: Partial<DeploymentContext> = {},
): Promise<PlannedHost['act']> {
  return fleet.on(async (context) => {
    const states = await inspectAll(context);
    return planDeployment({ ...context, manifest, states, bases: new Map(), schema }).hosts[0]!.act;
  }, more);
}

const liveServices = async (fleet: Fleet): Promise<number[]> =>
  fleet.on(async (context) => [...(await inspectAll(context))[0]!.services.keys()]);

async function mode(fleet: Fleet): Promise<string | undefined> {
  const [port] = await liveServices(fleet);
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  return ((await answer.json()) as { mode?: string }).mode;
}
