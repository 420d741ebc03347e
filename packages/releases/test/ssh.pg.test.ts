import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDemanded, type SshServers, sshd, startSshServers } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDirectory } from '../src/host/shared-directory.ts';
import { parseAddress } from '../src/host/ssh-arguments.ts';
import { connectHost } from '../src/host/ssh-host.ts';
import { withHosts } from '../src/host/with-hosts.ts';
import {
  type DeploymentSettings,
  deployRelease,
  finishDeployment,
  openDeployment,
  verifyDeployment,
} from '../src/index.ts';
import { word } from '../src/scripts/prelude.ts';
import { createFleet, type Fleet, freePorts, openingOf, schema } from './fleet.ts';
import { temporaryDirectory } from './temporary.ts';

const names = ['bash-1', 'dash-1', 'busybox-1', 'bash-2'];
const shells = ['bash', 'dash', 'busybox sh', 'bash'];

describe.skipIf(sshd === undefined && !isDemanded)('over real ssh (needs openssh-server)', () => {
  let fleet: Fleet;
  let ssh: SshServers;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    ssh = await startSshServers(join(directory.path, 'ssh'), await freePorts(4), shells);
    fleet = await createFleet({
      hosts: names,
      addresses: (name) => ({ ssh: ssh.servers[names.indexOf(name)]!.address }),
      health: { timeout: 3000, deadline: 10_000 },
      settings: {
        ssh: { knownHosts: ssh.knownHosts, identity: ssh.identity, agent: undefined, parallel: 4 },
        rollout: { canary: 1, batch: 3, maxUnavailable: 3, stopAfter: 1 },
      },
    });
  });
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]();
    await ssh[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  const onHosts = <T>(
    work: Parameters<typeof withHosts<T>>[1],
    settings: Partial<DeploymentSettings> = {},
  ): Promise<T> => withHosts({ settings: { ...fleet.settings, ...settings }, signal: undefined }, work);

  it('leaves no connection and no socket behind', async () => {
    await onHosts((hosts) => Promise.all(hosts.map((host) => host.run(':'))));
    await until(() => readdirSync('/proc').every((pid) => !commandLine(pid).includes(ssh.identity)));
  });

  it('opens one connection to each host for all steps of a deployment', async () => {
    const release = await fleet.build('well', 'connected');
    let place = 'none yet';
    // a connection opened again would have another socket
    const connections = (): number[] => readdirSync(place).map((name) => statSync(join(place, name)).ino);
    await fleet.on(async (context) => {
      place = (await sharedDirectory(context.run.id))!.path;
      await openDeployment(context, openingOf(release), async () => {});
    });
    const opened = connections();
    expect(opened).toHaveLength(4);
    await fleet.on((context) => deployRelease(context, release, schema));
    expect(connections()).toEqual(opened);
    await fleet.on(verifyDeployment);
    expect(connections()).toEqual(opened);
    await fleet.on(finishDeployment);
    await until(() => !existsSync(place) || connections().length === 0);
  }, 240_000);

  it('deploys to four hosts with three login shells, finds nothing to do, and sends only what changed', async () => {
    const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
    expect((await fleet.deploy(first)).sort()).toEqual([...names].sort());
    expect(await fleet.deploy(first)).toEqual([]);
    fleet.said.length = 0;
    await fleet.deploy(second);
    expect(fleet.said.filter((line) => line.includes('(1 of 15 files uploaded)'))).toHaveLength(4);
    for (const name of names) expect(await fleet.ask(name)).toMatchObject({ version: '2' });
  }, 240_000);

  it('takes back only its own hosts when a later one fails, and says which', async () => {
    const before = await Promise.all(names.map((name) => fleet.ask(name)));
    const bad = await fleet.build('well', 'blocked');
    const failing = {
      ...fleet.settings,
      health: {
        ...fleet.settings.health,
        command: `case $PWD in *busybox-1*) test $OPS_RELEASE != ${bad.manifest.id};; esac`,
      },
    };
    await expect(fleet.deploy(bad, { settings: failing })).rejects.toMatchObject({
      code: 'ROLLOUT_FAILED',
      exitCode: 1,
      message: expect.stringContaining('busybox-1'),
    });
    expect(await Promise.all(names.map((name) => fleet.ask(name)))).toEqual(before);
  }, 240_000);

  it('refuses a host whose key is not the known one, before anything is sent', async () => {
    const wrong = join(directory.path, 'wrong-hosts');
    const lines = (await readFile(ssh.knownHosts, 'utf8')).trim().split('\n');
    await writeFile(
      wrong,
      lines
        .map((line, index) => line.replace(/ssh-ed25519 .*/, lines[(index + 1) % 4]!.split(' ').slice(1).join(' ')))
        .join('\n'),
    );
    await expect(onHosts(async () => {}, { ssh: { ...fleet.settings.ssh, knownHosts: wrong } })).rejects.toMatchObject({
      exitCode: 77,
      problems: expect.arrayContaining([expect.stringContaining('is not the one in the known hosts')]),
    });
    await writeFile(wrong, '');
    await expect(onHosts(async () => {}, { ssh: { ...fleet.settings.ssh, knownHosts: wrong } })).rejects.toMatchObject({
      exitCode: 77,
    });
  });

  it('gets through to a server that refuses most connections when many come at once', async () => {
    const [port] = await freePorts(1);
    await using strict = await startSshServers(join(directory.path, 'strict'), [port!], ['sh'], ['MaxStartups 1:70:2']);
    const entry = { ...fleet.settings.hosts['bash-1']!, ssh: strict.servers[0]!.address };
    const hosts = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`host-${index}`, entry]));
    const { knownHosts, identity } = strict;
    const answers = await onHosts(async (all) => Promise.all(all.map((host) => host.run('echo here'))), {
      hosts,
      ssh: { knownHosts, identity, agent: undefined, parallel: 4 },
    });
    expect(answers).toEqual(Array(8).fill([['here']]));
  });

  it('names the host that cannot be reached, and changes none', async () => {
    const [port] = await freePorts(1);
    const hosts = {
      ...fleet.settings.hosts,
      gone: { ...fleet.settings.hosts['bash-1']!, ssh: `nobody@127.0.0.1:${port}` },
    };
    const release = await fleet.build('well', '3');
    await expect(fleet.deploy(release, { settings: { ...fleet.settings, hosts } })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      exitCode: 69,
      message: expect.stringContaining('gone'),
    });
    expect(await fleet.ask('bash-1')).toMatchObject({ version: '2' });
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends what runs on the host when the task is ended by %s',
    async (signal) => {
      const mark = join(directory.path, `alive-${signal}`);
      const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'hang-on-host.ts')], {
        env: { WAY: JSON.stringify(wayOf(0)), MARK: mark, PATH: process.env['PATH'] },
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
    const server = ssh.servers[3]!;
    const mark = join(directory.path, 'alive-cut');
    const hanging = onHosts(
      async ([host]) => host!.run(`echo $$ >${word(mark)}.new; mv ${word(mark)}.new ${word(mark)}; sleep 300`),
      { hosts: { 'bash-2': fleet.settings.hosts['bash-2']! } },
    );
    const failed = expect(hanging).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await until(() => existsSync(mark));
    server.cut();
    await failed;
    await until(() => !isAlive(Number(readFileSync(mark, 'utf8'))));
    await server.restart();
    await onHosts(async (hosts) => Promise.all(hosts.map((host) => host.run(':'))));
  });

  function wayOf(index: number) {
    const { knownHosts, identity, servers } = ssh;
    const controlPath = join('/tmp', `ops-test-${process.pid}-${index}`);
    return { address: parseAddress(servers[index]!.address), jump: undefined, knownHosts, identity, controlPath };
  }

  it('goes through a host in between, with the same care', async () => {
    const way = {
      ...wayOf(1),
      jump: parseAddress(ssh.servers[0]!.address),
      controlPath: `/tmp/ops-test-${process.pid}-j`,
    };
    const place = {
      name: 'behind',
      written: 'behind',
      way,
      root: '/tmp',
      ports: [1],
      timeout: 10_000,
      signal: undefined,
    };
    const host = await connectHost({ ...place, env: { PATH: process.env['PATH'], HOME: '/root' } });
    expect(await host.run('echo here')).toEqual([['here']]);
    await host.close();
    const unknown = { ...way, knownHosts: '/dev/null', controlPath: `${way.controlPath}2` };
    await expect(
      connectHost({ ...place, way: unknown, env: { PATH: process.env['PATH'], HOME: '/root' } }),
    ).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
