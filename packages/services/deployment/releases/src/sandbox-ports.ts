import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { writeWhole } from '@opsgraph/files';
import type { HostAddress } from '@opsgraph/hosts';
import type { DeploymentSettings } from './settings.ts';

/** Ports that are tried, from the one that is configured. */
const tried = 100;

/**
 * A sandbox shares its machine with those of other checkouts, so its
 * configured port is only where the search begins. What was found is
 * remembered until the configuration names another one, or another process takes
 * it while the service does not run.
 *
 * @param directory where it is remembered
 * @throws OpsError NO_FREE_PORT (69)
 */
export async function withSandboxPorts<Settings extends DeploymentSettings>(
  settings: Settings,
  directory: string,
): Promise<Settings> {
  if (settings.service.ports.length > 1) return settings;
  const hosts: Record<string, HostAddress> = {};
  const given = new Set<number>();
  for (const [name, address] of Object.entries(settings.hosts)) {
    const wanted = address.port ?? settings.service.ports[0]!;
    const port =
      address.ssh === undefined
        ? await portFor(wanted, join(directory, `port-${name}`), address.root ?? settings.root, given)
        : address.port;
    if (port !== undefined) given.add(port);
    hosts[name] = { ...address, port };
  }
  return { ...settings, hosts };
}

async function portFor(wanted: number, file: string, root: string, given: ReadonlySet<number>): Promise<number> {
  const [before, port] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ').map(Number);
  const isKept = port !== undefined && before === wanted && !given.has(port);
  if (isKept && (existsSync(join(root, '.ops/service', String(port), 'pid')) || (await isFree(port)))) return port;
  for (let candidate = wanted; candidate < wanted + tried && candidate < 65_536; candidate += 1) {
    // one that is ours, of a checkout from before ports were remembered
    const runsThere = existsSync(join(root, '.ops/service', String(candidate), 'pid'));
    if (given.has(candidate) || !(runsThere || (await isFree(candidate)))) continue;
    await mkdir(join(file, '..'), { recursive: true });
    await writeWhole(file, `${wanted} ${candidate}\n`);
    return candidate;
  }
  throw new OpsError({
    code: 'NO_FREE_PORT',
    exit: 'unavailable',
    message: `none of the ports ${wanted} to ${wanted + tried - 1} is free for the sandbox`,
    hint: 'see what uses them (ss -ltnp), or set another one: deployment.service.ports',
  });
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
