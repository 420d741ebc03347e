import type { ChildProcess } from 'node:child_process';
import { until } from '@opsgraph/testing';
import { mayMakeNamespaces } from '@opsgraph/testing/network-namespaces';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectConverged, expectNothingLeft } from './converged.ts';
import { startDeployment } from './deploy-process.ts';
import { createSshFleet, type SshFleet } from './ssh-fleet.ts';

/** Points at which a deployment is struck; `pnpm --filter @opsgraph/releases run test:kills` has 110. */
const points = Number(process.env['OPS_KILLS'] ?? 10);
const hosts = ['one', 'two', 'three', 'four'];

/** What ends it: a signal, the end of one host's ssh sessions, or of one host's network. */
type Blow = 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'sessions' | 'cable';
const blows: readonly Blow[] = [
  'SIGKILL',
  'SIGINT',
  'SIGTERM',
  'sessions',
  ...(mayMakeNamespaces ? ['cable' as const] : []),
];
const exits: Partial<Record<Blow, number | null>> = { SIGKILL: null, SIGINT: 130, SIGTERM: 143 };
/** Several hosts that are one machine have one port each: no second one for blue-green. */
const strategies = mayMakeNamespaces ? (['symlink', 'blue-green'] as const) : (['symlink'] as const);

interface Struck {
  blow: Blow;
  at: number;
  code: number | null;
  /** Milliseconds from the blow to the end of the process, and of the run that converged. */
  dying: number;
  again: number;
}

describe.skipIf(sshd === undefined && !isDemanded)('a deployment to four ssh hosts (needs openssh-server)', () => {
  let fleet: SshFleet;
  beforeAll(async () => {
    fleet = await createSshFleet({
      hosts,
      shells: ['bash', 'dash', 'busybox sh', undefined],
      health: { deadline: 20_000, timeout: 5000, successes: 1 },
      settings: {
        rollout: { canary: 1, batch: 2, maxUnavailable: 2, stopAfter: 1 },
        leaseExpiry: 2000,
        proxy: { switch: 'printf %s "$OPS_PORT" >.ops/proxy', drain: 20 },
      },
    });
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  it.each(strategies)(
    'converges by %s when it is run again, wherever and however the one before was ended',
    async (strategy) => {
      fleet.settings.strategy = strategy;
      const releases = [
        await fleet.build('well', `${strategy}-1`),
        await fleet.build('well', `${strategy}-2`),
      ] as const;
      for (const [release, run] of [
        [releases[1], `${strategy}-${process.pid}-first`],
        [releases[0], `${strategy}-${process.pid}-whole`],
      ] as const) {
        const whole = startDeployment(fleet, release, run);
        expect(await whole.ended, whole.said()).toBe(0);
      }
      let whole = await duration(`${strategy}-${process.pid}-whole`);
      const count = Math.ceil(points / strategies.length);
      const struck: Struck[] = [];
      const failed: string[] = [];
      for (let run = 1; struck.length < count; run += 1) {
        const index = struck.length;
        const release = releases[run % 2]!;
        const blow = blows[index % blows.length]!;
        const at = Math.round((whole * (index + 0.5)) / count);
        const first = startDeployment(fleet, release, `${strategy}-${process.pid}-${run}`);
        await first.begun;
        const blown = new Promise<number | undefined>((resolve) => {
          setTimeout(
            () => void strike(blow, index, first.child).then((hit) => resolve(hit ? Date.now() : undefined)),
            at,
          );
        });
        const code = await first.ended;
        const dead = Date.now();
        const hit = await blown;
        await fleet.machines[index % hosts.length]!.namespace?.plug();

        const again = startDeployment(fleet, release, `${strategy}-${process.pid}-${run}-again`);
        const isLate = hit === undefined || hit > dead;
        const story = `${strategy}, ${blow} after ${at} of ${whole} ms: ${code}`;
        const ended = await again.ended;
        const told = `${story}\n${first.said()}--- again\n${again.said()}`;
        try {
          expect(ended, told).toBe(0);
          await expectConverged(fleet, release, told);
          if (!isLate && code !== 0 && blow in exits) expect(code, told).toBe(exits[blow]);
          if (!isLate && blow.startsWith('SIG')) expect(dead - hit, told).toBeLessThan(8000);
        } catch (error) {
          // one that failed says nothing of the others
          failed.push((error as Error).message);
        }
        if (isLate) {
          // over before the blow fell: this point once more; nothing but the blow may make it fail
          if (code === 0) whole = await duration(`${strategy}-${process.pid}-${run}`);
          else failed.push(told);
          continue;
        }
        struck.push({ blow, at, code, dying: dead - hit, again: Date.now() - dead });
        process.stdout.write(`${struck.length} ${story}; ${failed.length} failed\n`);
      }
      expect(failed).toEqual([]);
      await expectNothingLeft(fleet);
      report(strategy, whole, struck);
    },
    120_000 + points * 60_000,
  );

  /** Milliseconds from its first record to its last. */
  async function duration(deployment: string): Promise<number> {
    const [row] = await fleet.database.session((session) =>
      session.query<{ took: number }>(
        'SELECT (extract(epoch FROM finished_at - started_at) * 1000)::int AS took FROM ops.deployment WHERE id = $1',
        [deployment],
      ),
    );
    return row!.took;
  }

  /** Whether there was something to strike. */
  async function strike(blow: Blow, index: number, child: ChildProcess): Promise<boolean> {
    const { server, namespace } = fleet.machines[index % hosts.length]!;
    const hasEnded = (): boolean => child.exitCode !== null;
    if (hasEnded()) return false;
    if (blow === 'cable') await namespace!.unplug();
    // between two steps there is none
    else if (blow === 'sessions') await until(() => hasEnded() || server.cutConnections() > 0);
    else child.kill(blow);
    return !hasEnded();
  }
});

function report(strategy: string, whole: number, struck: readonly Struck[]): void {
  const lines = blows.map((blow) => {
    const its = struck.filter((one) => one.blow === blow);
    const most = (of: 'dying' | 'again'): number => Math.max(0, ...its.map((one) => one[of]));
    const codes = [...new Set(its.map(({ code }) => code ?? 'killed'))].join(' ');
    return `  ${blow.padEnd(9)} ${String(its.length).padStart(3)} points, exit ${codes}; ended within ${most('dying')} ms, again within ${most('again')} ms`;
  });
  process.stdout.write(`${strategy}: a deployment takes ${whole} ms\n${lines.join('\n')}\n`);
}
