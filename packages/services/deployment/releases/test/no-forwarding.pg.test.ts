import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded, sshd, startSshServers } from '@opsgraph/testing/ssh';
import { expect, it } from 'vitest';
import { readStatus } from '../src/index.ts';
import { createFleet } from './fleet.ts';
import { temporaryDirectory } from './temporary.ts';

it.skipIf(sshd === undefined && !isDemanded)(
  'deploys to hosts whose sshd forwards no ports (needs openssh-server)',
  async () => {
    await using directory = await temporaryDirectory();
    const names = ['dash-1', 'busybox-1'];
    const shells = ['dash', 'busybox sh'];
    const more = ['AllowTcpForwarding no'];
    await using ssh = await startSshServers(join(directory.path, 'ssh'), await freePorts(2), shells, more);
    const { knownHosts, identity, servers } = ssh;
    await using fleet = await createFleet({
      hosts: names,
      addresses: (name) => ({ ssh: servers[names.indexOf(name)]!.address }),
      settings: { ssh: { knownHosts, identity, agent: undefined, parallel: 2 }, smoke: ['/'] },
    });
    expect(await fleet.deploy(await fleet.build('well', '1'))).toEqual(names);
    fleet.settings.health.deadline = 8000;
    await expect(fleet.deploy(await fleet.build('ill', '2'))).rejects.toMatchObject({
      message: expect.stringContaining('/healthz answered 503, expected 200'),
    });
    expect((await fleet.on(readStatus)).hosts.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  },
);
