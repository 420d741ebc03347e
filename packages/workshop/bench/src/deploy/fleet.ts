import { randomUUID } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { type SshServers, startSshServers } from '@opsgraph/testing/ssh';

/** One machine for one contender: its sshd is everybody's, its directory and port are not. */
export interface FleetHost {
  name: string;
  sshPort: number;
  /** `user@127.0.0.1:port`. */
  address: string;
  root: string;
  port: number;
}

export interface Fleet extends AsyncDisposable {
  ssh: Pick<SshServers, 'identity' | 'knownHosts'>;
  /** The same machines, with a place of its own on each for one contender. */
  hostsFor(contender: string): Promise<FleetHost[]>;
}

/** As many real sshd on loopback; whatever was started on them ends with the fleet, or with this process. */
export async function startFleet(directory: string, count: number): Promise<Fleet> {
  const ssh = await startSshServers(join(directory, 'ssh'), await freePorts(count));
  const end = (): void => {
    for (const server of ssh.servers) server.cut();
    endProcessesIn(directory);
  };
  process.on('exit', end);
  return {
    ssh,
    async hostsFor(contender) {
      const ports = await freePorts(count);
      return ssh.servers.map(({ port, address }, index) => {
        const name = `host-${String(index + 1).padStart(2, '0')}`;
        return { name, sshPort: port, address, root: join(directory, contender, name), port: ports[index]! };
      });
    },
    async [Symbol.asyncDispose]() {
      end();
      process.off('exit', end);
    },
  };
}

/**
 * Takes everything from a host, which then is as on its first day. Moved, not removed: ext4 keeps looking at inodes that
 * were freed within the last minutes when it looks for new ones, and whoever comes next would pay for that.
 */
export async function empty({ root }: FleetHost): Promise<void> {
  await rename(root, `${root}-before-${randomUUID()}`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Every host must answer as this version: else the work was not done. */
export async function requireVersion(hosts: readonly FleetHost[], version: number): Promise<void> {
  const answers = await Promise.all(
    hosts.map(async ({ port }) => (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { version: number }),
  );
  const wrong = answers.filter((answer) => answer.version !== version).length;
  if (wrong > 0) throw new Error(`${wrong} of ${hosts.length} hosts do not have version ${version}`);
}

/** What works in a directory of a fleet: services, and whatever was interrupted. Not async: a process that exits calls it. */
export function endProcessesIn(directory: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      const place = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
      if (`${place}/`.startsWith(`${directory}/`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it has ended, or is another process's
    }
  }
}
