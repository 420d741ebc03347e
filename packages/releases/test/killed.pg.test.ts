import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Release } from '../src/index.ts';
import { createFleet, type Fleet } from './fleet.ts';

/** Points at which the deployment is ended; OPS_KILLS=100 is what the issue asks. */
const kills = Number(process.env['OPS_KILLS'] ?? 4);
const signals = ['SIGKILL', 'SIGINT', 'SIGTERM'] as const;
const hosts = ['one', 'two', 'three', 'four'];

it(
  'converges when it is run again, wherever the one before was killed',
  async () => {
    await using fleet = await createFleet({
      hosts,
      settings: { leaseExpiry: 1000 },
      health: { deadline: 10_000, timeout: 2000, successes: 1 },
    });
    const releases = [await fleet.build('well', '1'), await fleet.build('well', '2')] as const;
    await fleet.deploy(releases[0]);
    const begun = performance.now();
    expect(await deployInProcess(fleet, releases[1], 'whole')).toBe(0);
    const whole = performance.now() - begun;

    for (let index = 0; index < kills; index += 1) {
      const release = releases[index % 2]!;
      const signal = signals[index % 3]!;
      const at = (whole * (index + 0.5)) / kills;
      await deployInProcess(fleet, release, `killed-${index}`, { at, signal });
      expect(await deployInProcess(fleet, release, `again-${index}`), `${signal} after ${Math.round(at)} ms`).toBe(0);
      for (const host of hosts)
        expect(await fleet.ask(host), `${signal} after ${Math.round(at)} ms`).toMatchObject({
          release: release.manifest.id,
        });
      expect(servicesRunning(fleet)).toEqual(hosts.map(() => 2));
    }
    const [ledger] = await fleet.database.session((session) =>
      session.query<Record<string, number>>(
        `SELECT (SELECT count(*)::int FROM ops.deployment WHERE finished_at IS NULL) AS open,
                (SELECT count(*)::int FROM ops.deployment_lease WHERE deployment IS NOT NULL) AS held,
                (SELECT count(*)::int FROM ops.deployment WHERE id LIKE 'again-%' AND state NOT IN ('verified', 'unchanged')) AS unsettled`,
      ),
    );
    expect(ledger).toEqual({ open: 0, held: 0, unsettled: 0 });
    for (const host of hosts)
      expect(readdirSync(join(fleet.root(host), 'releases')).filter((name) => name.startsWith('.new-'))).toEqual([]);
  },
  60_000 + kills * 30_000,
);

/** Returns the exit code; null when a signal ended it. */
function deployInProcess(
  fleet: Fleet,
  release: Release,
  run: string,
  end?: { at: number; signal: NodeJS.Signals },
): Promise<number | null> {
  const { settings, database } = fleet;
  const input = { settings, url: database.url.reveal(), release: dirname(release.archive), run };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'deploy-all.ts')], {
    env: { PATH: process.env['PATH'], DEPLOYMENT: JSON.stringify(input) },
    stdio: 'ignore',
  });
  const timer = end && setTimeout(() => child.kill(end.signal), end.at);
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

/** For each host how many processes belong to its service: the supervisor and what it keeps. */
function servicesRunning(fleet: Fleet): number[] {
  const environments = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return /^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
          ? ''
          : readFileSync(`/proc/${pid}/environ`, 'utf8');
      } catch {
        return '';
      }
    });
  return hosts.map((host) => environments.filter((text) => text.includes(`OPS_SERVICE=${fleet.root(host)}:`)).length);
}
