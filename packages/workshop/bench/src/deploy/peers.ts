import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../run-process.ts';
import { type Packed, packForPeers } from './application.ts';
import { empty, endProcessesIn, type Fleet, type FleetHost, requireVersion } from './fleet.ts';
import type { Deployer, Kind } from './rollout.ts';

export const raw = 'raw parallel ssh';
export const ansible = 'ansible-core';

const scripts = join(import.meta.dirname, '..', '..', 'peers', 'deploy');
const commands = join(scripts, 'commands.sh');
const atOnce = 4;

/** `xargs -P 4`, and for each host two ssh: an upload and a script. */
export async function rawSsh(directory: string, fleet: Fleet): Promise<Deployer> {
  const hosts = await fleet.hostsFor('raw');
  const list = join(directory, 'raw-hosts');
  await writeFile(list, hosts.map(({ sshPort, port, root }) => `${sshPort} ${port} ${root}\n`).join(''));
  return peer(raw, directory, hosts, (kind, packed, former) => ({
    argv: ['xargs', '-a', list, '-n', '3', '-P', String(atOnce), 'sh', join(scripts, 'raw-host.sh')],
    env: {
      KIND: kind,
      RELEASE: packed.name,
      FORMER: former?.name ?? '',
      ARCHIVE: packed.archive,
      CHANGED: packed.changed,
      COMMANDS: commands,
      NODE: process.execPath,
      KNOWN_HOSTS: fleet.ssh.knownHosts,
      IDENTITY: fleet.ssh.identity,
    },
  }));
}

/** Four forks, pipelining, connections kept. undefined where it is not installed. */
export async function ansibleCore(directory: string, fleet: Fleet): Promise<Deployer | undefined> {
  const program = (process.env['PATH'] ?? '').split(':').find((path) => existsSync(join(path, 'ansible-playbook')));
  if (program === undefined) return undefined;
  const hosts = await fleet.hostsFor('ansible');
  const inventory = join(directory, 'inventory');
  const lines = hosts.map(
    ({ name, sshPort, port, root }) =>
      `${name} ansible_host=127.0.0.1 ansible_port=${sshPort} ansible_python_interpreter=/usr/bin/python3 port=${port} root=${root}\n`,
  );
  await writeFile(inventory, lines.join(''));
  const configuration = join(directory, 'ansible.cfg');
  await writeFile(configuration, '[defaults]\n');
  const options = ['-F none', '-o ControlMaster=auto', '-o ControlPersist=15s', '-o StrictHostKeyChecking=yes'];
  return peer(ansible, directory, hosts, (kind, packed, former) => {
    const { name: release, archive, changed } = packed;
    const values = { kind, release, former: former?.name ?? '', archive, changed, commands, node: process.execPath };
    return {
      argv: ['ansible-playbook', '-i', inventory, '-e', JSON.stringify(values), join(scripts, 'playbook.yml')],
      env: {
        HOME: directory,
        LC_ALL: 'C.UTF-8',
        ANSIBLE_CONFIG: configuration,
        ANSIBLE_LOCALHOST_WARNING: 'false',
        ANSIBLE_FORKS: String(atOnce),
        ANSIBLE_PIPELINING: 'true',
        ANSIBLE_PRIVATE_KEY_FILE: fleet.ssh.identity,
        ANSIBLE_SSH_ARGS: [...options, `-o UserKnownHostsFile=${fleet.ssh.knownHosts}`].join(' '),
        ANSIBLE_SSH_CONTROL_PATH_DIR: join(directory, 'cp'),
      },
    };
  });
}

export async function ansibleVersion(): Promise<string> {
  const { stdout } = await runProcess(['ansible-playbook', '--version'], { directory: '/', env: { ...process.env } });
  return /core ([\d.]+)/.exec(stdout)?.[1] ?? 'unknown';
}

interface Command {
  argv: [string, ...string[]];
  env: Record<string, string>;
}

function peer(
  name: string,
  directory: string,
  hosts: readonly FleetHost[],
  command: (kind: Kind, packed: Packed, former: Packed | undefined) => Command,
): Deployer {
  let former: Packed | undefined;
  let packed: Packed;
  return {
    name,
    async prepare(kind, version) {
      if (kind === 'nothing') return;
      if (kind === 'first') for (const host of hosts) await clear(host);
      former = packed;
      packed = await packForPeers(join(directory, 'packed'), version);
    },
    async run(kind) {
      const { argv, env } = command(kind, packed, former);
      await runProcess(argv, { directory, env: { PATH: process.env['PATH'] ?? '', ...env } });
    },
    verify: (version) => requireVersion(hosts, version),
  };
}

async function clear(host: FleetHost): Promise<void> {
  endProcessesIn(host.root);
  await empty(host);
}
