import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { expect, it } from 'vitest';
import { readStatus } from '../src/index.ts';
import { createFleet } from './fleet.ts';
import { listProcesses } from './processes.ts';
import { until } from './until.ts';

it.each(['symlink', 'blue-green'] as const)(
  'starts a service again that has crashed; the same release, deployed by %s, does nothing when that was long ago, else starts it anew',
  async (strategy) => {
    const ports = await freePorts(2);
    await using fleet = await createFleet({
      hosts: ['one'],
      addresses: () => ({ port: undefined }),
      health: { deadline: 8000, timeout: 2000 },
      settings: { strategy, proxy: { switch: `printf %s "$OPS_PORT" >proxy`, drain: 50 } },
    });
    fleet.settings.service = { ...fleet.settings.service, ports };
    const release = await fleet.build('well');
    await fleet.deploy(release);

    await crash();
    await until(async () => (await fleet.on(readStatus)).hosts[0]!.problem === undefined);
    await crashedAt(Date.now() - 3_600_000);
    expect(await fleet.deploy(release)).toEqual([]);
    await crashedAt(Date.now());
    expect(await fleet.deploy(release)).toEqual(['one']);
    expect(await fleet.deploy(release)).toEqual([]);

    async function crashedAt(time: number): Promise<void> {
      const [slot] = await readdir(join(fleet.root('one'), '.ops/service'));
      await utimes(join(fleet.root('one'), '.ops/service', slot!, 'failed'), time / 1000, time / 1000);
    }

    /** Kills the service, not what keeps it running. */
    async function crash(): Promise<void> {
      const [service] = listProcesses().filter(
        ({ environment, commandLine }) =>
          environment.includes(`OPS_SERVICE=${fleet.root('one')}:`) && !commandLine.includes('supervise'),
      );
      process.kill(service!.pid, 'SIGKILL');
      await until(async () => (await fleet.on(readStatus)).hosts[0]!.problem !== undefined);
    }
  },
);
