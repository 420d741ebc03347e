import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@opsgraph/testing';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withHosts } from '../src/with-hosts.ts';
import { isAlive, listProcesses, parseAddress, sharedDirectory, sshProcesses } from '../testing/index.ts';
import { type SshHosts, startSshHosts } from './ssh-hosts.ts';

describe.skipIf(sshd === undefined && !isDemanded)('a shared connection (needs openssh-server)', () => {
  let fleet: SshHosts;
  beforeAll(async () => {
    fleet = await startSshHosts(['one']);
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  const connections = () => sshProcesses(fleet.settings);
  const onHost = (deployment: string, isLast: boolean, work: Parameters<typeof withHosts<unknown>>[1]) =>
    withHosts({ settings: fleet.settings, signal: undefined, leftAs: deployment, isLast }, work);
  const echo: Parameters<typeof withHosts<unknown>>[1] = async ([host]) => host!.run('echo here');

  it('ends with the process that is interrupted, also while it is being opened', async () => {
    const { knownHosts, identity, servers } = fleet.ssh;
    const moments = Array.from({ length: 8 }, (_, index) => index);
    const marks = await Promise.all(
      moments.map(async (index) => {
        const controlPath = join('/tmp', `ops-test-${process.pid}-${index}`);
        const way = { address: parseAddress(servers[0]!.address), knownHosts, identity, controlPath };
        const ours = () => listProcesses().filter(({ commandLine }) => commandLine.includes(`${controlPath} `));
        const mark = join(fleet.path, `mark-${index}`);
        const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'hang-on-host.ts')], {
          env: { WAY: JSON.stringify(way), MARK: mark, PATH: process.env['PATH'] },
          stdio: 'ignore',
        });
        const ended = once(child, 'exit');
        // from the moment its ssh begins
        await until(() => ours().length > 0);
        await sleep(index * 40);
        child.kill('SIGINT');
        await ended;
        expect(ours().map(({ commandLine }) => commandLine)).toEqual([]);
        return mark;
      }),
    );
    const begun = marks.filter(existsSync).map((mark) => Number(readFileSync(mark, 'utf8')));
    await until(() => begun.every((pid) => !isAlive(pid)));
    await until(() => fleet.processes('one').length === 0);
  });

  it('is opened again when it was killed between two steps', async () => {
    await onHost('killed', false, echo);
    for (const { pid } of connections()) process.kill(pid, 'SIGKILL');
    // while it dies its socket still answers; then each step goes a way of its own
    await until(() => connections().length === 0);
    expect(await onHost('killed', false, echo)).toEqual([['here']]);
    expect(connections()).toHaveLength(1);
    await onHost('killed', true, echo);
    await until(() => connections().length === 0);
  });

  it('is opened by the ssh of the first shell, and outlives a script there that takes too long', async () => {
    await onHost('long', true, async ([host]) => {
      const shared = () => connections().filter(({ commandLine }) => commandLine.endsWith('[mux]'));
      await host!.run(':');
      const [first] = shared();
      expect(connections()).toHaveLength(2);
      await expect(host!.run('sleep 300', { timeout: 300 })).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' });
      expect(await host!.run('echo here')).toEqual([['here']]);
      expect(shared()).toEqual([first]);
    });
    await until(() => connections().length === 0);
  });

  it('stays when another deployment sweeps; and when its socket is swept, as one a day old is, the work goes on', async () => {
    const { path } = (await sharedDirectory('long'))!;
    await onHost('long', true, async ([host]) => {
      await onHost('other', true, echo);
      expect(existsSync(path)).toBe(true);
      const yesterday = Date.now() / 1000 - 25 * 60 * 60;
      await utimes(path, yesterday, yesterday);
      await onHost('another', true, echo);
      expect(existsSync(path)).toBe(false);
      expect(await host!.run('echo here')).toEqual([['here']]);
    });
  });
});
