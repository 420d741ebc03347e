import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@opsgraph/testing';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { word } from '../src/scripts/basics.ts';
import { withHosts } from '../src/with-hosts.ts';
import { isAlive, parseAddress } from '../testing/index.ts';
import { type SshHosts, startSshHosts } from './ssh-hosts.ts';

describe.skipIf(sshd === undefined && !isDemanded)('a script on a host (needs openssh-server)', () => {
  let fleet: SshHosts;
  beforeAll(async () => {
    fleet = await startSshHosts(['one', 'two']);
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends what runs on the host when the task is ended by %s',
    async (signal) => {
      const mark = join(fleet.path, `alive-${signal}`);
      const { knownHosts, identity, servers } = fleet.ssh;
      const controlPath = join('/tmp', `ops-test-${process.pid}`);
      const way = { address: parseAddress(servers[0]!.address), knownHosts, identity, controlPath };
      const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'hang-on-host.ts')], {
        env: { WAY: JSON.stringify(way), MARK: mark, PATH: process.env['PATH'] },
        stdio: 'ignore',
      });
      await until(() => existsSync(mark));
      const pid = Number(readFileSync(mark, 'utf8'));
      expect(isAlive(pid)).toBe(true);
      child.kill(signal);
      await until(() => !isAlive(pid));
    },
  );

  it('ends what runs on the host when the connection is cut, and works again with a new one', async () => {
    const server = fleet.ssh.servers[1]!;
    const mark = join(fleet.path, 'alive-cut');
    const settings = { ...fleet.settings, hosts: { two: fleet.settings.hosts['two']! } };
    const hanging = withHosts({ settings, signal: undefined }, async ([host]) =>
      host!.run(`echo $$ >${word(mark)}.new; mv ${word(mark)}.new ${word(mark)}; sleep 300`),
    );
    const failed = expect(hanging).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await until(() => existsSync(mark));
    server.cut();
    await failed;
    await until(() => !isAlive(Number(readFileSync(mark, 'utf8'))));
    await server.restart();
    await withHosts({ settings, signal: undefined }, ([host]) => host!.run(':'));
  });
});
