import { join } from 'node:path';
import { listProcesses, type Process } from '@opsgraph/hosts/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { makeNamespace, mayMakeNamespaces, type Namespace } from '@opsgraph/testing/network-namespaces';
import { type SshServer, type SshServers, startSshServers } from '@opsgraph/testing/ssh';
import { inspectHost } from '../src/rollout/host-state.ts';
import { withHosts } from '../src/rollout/with-hosts.ts';
import { createFleet, type Fleet, type FleetOptions } from './fleet.ts';
import { temporaryDirectory } from './temporary.ts';

export interface SshHost {
  name: string;
  server: SshServer;
  /** undefined where this machine allows none: then the host is a port of it. */
  namespace: Namespace | undefined;
  /** What runs there beside sshd. */
  processes(): Process[];
}

export interface SshFleet extends Fleet {
  ssh: SshServers;
  machines: readonly SshHost[];
}

export interface SshFleetOptions extends FleetOptions {
  shells?: readonly (string | undefined)[];
  /** Ports of this machine: what is mounted here is not mounted in a namespace. */
  onLoopback?: boolean;
}

/** Hosts behind real sshds, each in a network of its own where this machine allows that. */
export async function createSshFleet({
  hosts,
  shells,
  onLoopback = !mayMakeNamespaces,
  settings,
  ...more
}: SshFleetOptions): Promise<SshFleet> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory());
  const namespaces: Namespace[] = [];
  if (!onLoopback) for (const _ of hosts) namespaces.push(stack.use(await makeNamespace()));
  const ports = onLoopback ? await freePorts(hosts.length) : hosts.map(() => 2222);
  const ssh = stack.use(await startSshServers(join(directory.path, 'ssh'), ports, shells, [], namespaces));
  const { knownHosts, identity, servers } = ssh;
  const fleet = stack.use(
    await createFleet({
      hosts,
      // each may have the same two ports when it is a machine of its own
      addresses: (name) => ({
        ssh: servers[hosts.indexOf(name)]!.address,
        ...(!onLoopback && { port: undefined }),
      }),
      settings: { ssh: { knownHosts, identity, agent: undefined, parallel: 4 }, ...settings },
      ...more,
    }),
  );
  const machines = hosts.map((name, index): SshHost => {
    const server = servers[index]!;
    const namespace = namespaces[index];
    const isThere = ({ environment }: Process): boolean =>
      new RegExp(`SSH_CONNECTION=[^\\0]* ${server.port}\\0`).test(environment);
    return {
      name,
      server,
      namespace,
      processes: () =>
        (namespace === undefined ? listProcesses().filter(isThere) : listProcesses(namespace.processes())).filter(
          ({ name: program }) => program !== 'sshd',
        ),
    };
  });
  const made = stack.move();
  async function ask(host: string, path = '/healthz'): Promise<{ release: string; version: string }> {
    const one = { ...fleet.settings, hosts: { [host]: fleet.settings.hosts[host]! } };
    return withHosts({ settings: one, signal: undefined }, async ([there]) => {
      const [port] = (await inspectHost(there!)).services.keys();
      return JSON.parse((await there!.get(port!, path, 5000)).body);
    });
  }
  return { ...fleet, ssh, machines, ask, [Symbol.asyncDispose]: () => made.disposeAsync() };
}
