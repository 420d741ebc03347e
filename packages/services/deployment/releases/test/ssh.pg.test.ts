import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectHost, parseAddress, sharedDirectory, sshProcesses } from '@opsgraph/hosts/testing';
import { run } from '@opsgraph/shell';
import { until } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded, type SshServers, sshd, startSshServers } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DeploymentSettings,
  deployRelease,
  finishDeployment,
  openDeployment,
  verifyDeployment,
} from '../src/index.ts';
import { withHosts } from '../src/rollout/with-hosts.ts';
import { createFleet, type Fleet, openingOf, schema } from './fleet.ts';
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
    await until(() => sshProcesses({ ...fleet.settings, ports: fleet.settings.service.ports }).length === 0);
  });

  it('opens one connection to each host for all steps of a deployment', async () => {
    const release = await fleet.build('well', 'connected');
    let place = 'none yet';
    // a connection opened again would have another socket; beside it are those that lead to ports of the host
    const connections = (): number[] =>
      readdirSync(place)
        .filter((name) => !name.includes('.'))
        .map((name) => statSync(join(place, name)).ino);
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
    for (const key of ['knownHosts', 'identity'])
      await expect(
        onHosts(async () => {}, { ssh: { ...fleet.settings.ssh, [key]: `${wrong}-not` } }),
      ).rejects.toMatchObject({
        exitCode: 78,
        message: `deployment.ssh.${key}: ${wrong}-not is not there`,
      });
  });

  it('says why ssh does not use a key: others may read it, it has a passphrase, it is none', async () => {
    const key = join(directory.path, 'key');
    const withKey = (): Promise<void> => onHosts(async () => {}, { ssh: { ...fleet.settings.ssh, identity: key } });
    const refusal = (reason: RegExp) => ({ exitCode: 77, hint: expect.stringMatching(reason) });
    await copyFile(ssh.identity, key);
    await chmod(key, 0o644);
    await expect(withKey()).rejects.toMatchObject(refusal(/others may read \(mode 644\): chmod 600/));
    await chmod(key, 0o600);
    await run(['ssh-keygen', '-q', '-p', '-P', '', '-N', 'a passphrase', '-f', key]);
    await expect(withKey()).rejects.toMatchObject(refusal(/has a passphrase.*: ssh-add /));
    await writeFile(key, 'no key');
    await expect(withKey()).rejects.toMatchObject(refusal(/is not a private key that ssh can read/));
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
    await fleet.deploy(await fleet.build('well', '2'));
    await expect(fleet.deploy(release, { settings: { ...fleet.settings, hosts } })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      exitCode: 69,
      message: expect.stringContaining('gone'),
    });
    expect(await fleet.ask('bash-1')).toMatchObject({ version: '2' });
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
    // the key of the host itself is known
    const knownHosts = join(directory.path, 'without-jump');
    const lines = (await readFile(ssh.knownHosts, 'utf8')).split('\n');
    await writeFile(knownHosts, `${lines.find((line) => line.includes(`:${ssh.servers[1]!.port} `))}\n`);
    const unknown = { ...way, knownHosts, controlPath: `${way.controlPath}2` };
    await expect(
      connectHost({ ...place, way: unknown, env: { PATH: process.env['PATH'], HOME: '/root' } }),
    ).rejects.toMatchObject({
      code: 'HOST_KEY_WRONG',
      exitCode: 77,
      message: 'behind: the key of the jump host 127.0.0.1 is not the one in the known hosts',
    });
  });
});
