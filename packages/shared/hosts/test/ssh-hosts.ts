import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { type SshServers, startSshServers } from '@opsgraph/testing/ssh';
import type { HostSettings } from '../src/settings.ts';
import { listProcesses, type Process } from '../testing/processes.ts';

export interface SshHosts extends AsyncDisposable {
  path: string;
  ssh: SshServers;
  settings: HostSettings;
  /** What runs on a host beside sshd. */
  processes(name: string): Process[];
}

/** Hosts behind real sshds on ports of this machine. */
export async function startSshHosts(
  names: readonly string[],
  { shells, more }: { shells?: readonly (string | undefined)[]; more?: readonly string[] } = {},
): Promise<SshHosts> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'opsgraph-hosts-')));
  const ssh = await startSshServers(join(path, 'ssh'), await freePorts(names.length), shells, more);
  const { knownHosts, identity, servers } = ssh;
  const serverOf = (name: string) => servers[names.indexOf(name)]!;
  return {
    path,
    ssh,
    settings: {
      hosts: Object.fromEntries(
        names.map((name) => [
          name,
          { ssh: serverOf(name).address, jump: undefined, port: undefined, root: undefined, roles: [] },
        ]),
      ),
      root: path,
      ports: await freePorts(1),
      ssh: { knownHosts, identity, agent: undefined, parallel: 4 },
      stepTimeout: 30_000,
    },
    processes: (name) =>
      listProcesses().filter(
        ({ name: program, environment }) =>
          program !== 'sshd' && new RegExp(`SSH_CONNECTION=[^\\0]* ${serverOf(name).port}\\0`).test(environment),
      ),
    async [Symbol.asyncDispose]() {
      await ssh[Symbol.asyncDispose]();
      await rm(path, { recursive: true, force: true });
    },
  };
}
