import { mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded, sshd, startSshServers } from '@opsgraph/testing/ssh';
import { describe, expect, it } from 'vitest';
import { askInShell } from '../src/host/ask-in-shell.ts';
import { scriptRunner } from '../src/host/run-script.ts';
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

describe('a question by a script on the host', () => {
  const answers: Record<string, [number, Record<string, string>, string]> = {
    '/chunked': [200, {}, 'first\nsecond\ttab: größer'],
    '/counted': [503, { 'content-length': '3', 'x-release': 'abc' }, 'no\n'],
    '/empty': [204, {}, ''],
  };

  it.each(['bash', 'curl', 'nc', 'perl'])('is the same with %s', async (tool) => {
    await using directory = await temporaryDirectory();
    const bin = join(directory.path, 'bin');
    await mkdir(bin);
    for (const name of ['head', 'sh']) await symlink(`/usr/bin/${name}`, join(bin, name));
    await symlink(tool === 'nc' ? '/usr/bin/busybox' : `/usr/bin/${tool}`, join(bin, tool));
    const server = createServer(({ url = '' }, response) => {
      const [status, headers, body] = answers[url.replace(/\?.*/, '')]!;
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const place = { host: 'one', command: () => ['/bin/sh', '-s'], env: { PATH: bin, HOME: '/' }, timeout: 5000 };
    const { run, leave } = scriptRunner({ ...place, signal: undefined });
    const ask = (path: string) =>
      askInShell({ root: '/nowhere', run }, { port, path, timeout: 4000, signal: undefined });
    for (const [path, [status, , body]] of Object.entries(answers)) {
      const answer = await ask(`${path}?a=%20$(id)`);
      expect({ status: answer.status, body: answer.body.trimEnd() }, path).toEqual({ status, body: body.trimEnd() });
    }
    expect((await ask('/counted')).headers).toMatchObject({ 'x-release': 'abc' });
    await new Promise((resolve) => server.close(resolve));
    await expect(ask('/counted')).rejects.toThrow(`no answer at port ${port}`);
    await leave();
  });
});
