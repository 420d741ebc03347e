import { homedir } from 'node:os';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { controlDirectory } from './control-directory.ts';
import type { Host } from './host.ts';
import type { Refusals } from './host-error.ts';
import { inParallel } from './in-parallel.ts';
import { localHost } from './local-host.ts';
import { combined } from './on-all.ts';
import { requireKeyFiles } from './require-key-files.ts';
import type { HostAddress, HostSettings } from './settings.ts';
import { sharedDirectory } from './shared-directory.ts';
import { socketName } from './socket-name.ts';
import { parseAddress } from './ssh-arguments.ts';
import { connectHost } from './ssh-host.ts';

export interface Reach {
  settings: HostSettings;
  signal: AbortSignal | undefined;
  /** What the scripts may say with `fail`. */
  refusals?: Refusals;
  /** A name by which a later process finds these connections, and need not open them again. */
  leftAs?: string;
  /** No later one comes. */
  isLast?: boolean;
}

/**
 * Opens the hosts of an environment, hands them to `work` and releases them
 * whatever happens.
 *
 * @throws OpsError HOST_UNREACHABLE (69), HOST_KEY_WRONG and HOST_LOGIN_REFUSED (77)
 */
export async function withHosts<T>(reach: Reach, work: (hosts: readonly Host[]) => Promise<T>): Promise<T> {
  return withReachableHosts(reach, (hosts, failures) => {
    if (failures.size > 0) throw combined([...failures.values()], hosts.length + failures.size);
    return work(hosts);
  });
}

/** The same, but a host that cannot be reached is reported to `work` instead of ending it. */
export async function withReachableHosts<T>(
  { settings, signal, refusals = {}, leftAs, isLast = false }: Reach,
  work: (hosts: readonly Host[], failures: ReadonlyMap<string, OpsError>) => Promise<T>,
): Promise<T> {
  await requireKeyFiles(settings);
  const shared = leftAs === undefined ? undefined : await sharedDirectory(leftAs);
  await using sockets = shared ?? (await controlDirectory());
  const entries = Object.entries(settings.hosts);
  const opened = await inParallel(entries, settings.ssh.parallel, ([name, address]) =>
    open(settings, name, address, { sockets: sockets.path, signal, refusals }),
  );
  const hosts = opened.flatMap((result) => ('value' in result ? [result.value] : []));
  let isLeft = false;
  try {
    const failures = new Map<string, OpsError>();
    for (const [index, result] of opened.entries()) {
      if ('value' in result) continue;
      if (!(result.error instanceof OpsError) || signal?.aborted) throw result.error;
      failures.set(entries[index]![0], result.error);
    }
    const result = await work(hosts, failures);
    isLeft = shared !== undefined && !isLast;
    return result;
  } finally {
    await Promise.all(hosts.map((host) => (isLeft ? host.leave() : host.close())));
  }
}

async function open(
  settings: HostSettings,
  name: string,
  { ssh, jump, port, root }: HostAddress,
  { sockets, signal, refusals }: { sockets: string; signal: AbortSignal | undefined; refusals: Refusals },
): Promise<Host> {
  const place = {
    name,
    root: root ?? settings.root,
    ports: port === undefined ? settings.ports : [port],
    timeout: settings.stepTimeout,
    signal,
    refusals,
  };
  if (ssh === undefined) return localHost(place);
  const { knownHosts, identity, agent } = settings.ssh;
  const way = {
    address: parseAddress(ssh),
    jump: jump === undefined ? undefined : parseAddress(jump),
    knownHosts,
    identity,
    controlPath: join(sockets, socketName(name, { ssh, jump }, place.ports)),
  };
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: homedir(),
    // what ssh runs a ProxyCommand with; the person's own shell may be none of POSIX
    SHELL: '/bin/sh',
    ...(agent !== undefined && { SSH_AUTH_SOCK: agent }),
  };
  return connectHost({ ...place, written: ssh, way, env });
}
