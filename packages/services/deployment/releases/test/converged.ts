import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Process, sshProcesses } from '@opsgraph/hosts/testing';
import { until } from '@opsgraph/testing';
import { expect } from 'vitest';
import { type Release, readStatus } from '../src/index.ts';
import type { SshFleet } from './ssh-fleet.ts';

/** Every host has the release and nothing else of this or an earlier deployment; `story` goes into the message. */
export async function expectConverged(fleet: SshFleet, { manifest: { id } }: Release, story: string): Promise<void> {
  for (const { name, processes } of fleet.machines) {
    const root = fleet.root(name);
    const read = (path: string): string => readFileSync(join(root, '.ops', path), 'utf8').trim();
    const [release, deployment, , , port] = read('live').split('\n');
    expect({ current: readlinkSync(join(root, 'current')), release }, `${name}: ${story}`).toEqual({
      current: `releases/${id}`,
      release: id,
    });
    // the host's own record says who did it
    expect
      .soft(read('audit.log').split('\n'), `${name}: ${story}`)
      .toContainEqual(expect.stringMatching(new RegExp(`deployment=${deployment} release=${id} by=ana`)));
    if (fleet.settings.strategy === 'blue-green') expect(read('proxy'), `${name}: ${story}`).toBe(port);
    expect
      .soft(
        readdirSync(join(root, 'releases')).filter((entry) => entry.startsWith('.')),
        story,
      )
      .toEqual([]);
    const fences = readdirSync(join(root, '.ops/fences'));
    expect([fences.length, read(`fences/${fences[0]}/until`)], `${name}: ${story}`).toEqual([1, '0']);
    // the supervisor and the service, on the one port, and no script of anybody
    const service = `OPS_SERVICE=${root}:${port};`;
    const others = () => processes().filter(({ environment }) => !environment.includes(service));
    await until(() => others().length === 0).catch(() => {});
    expect
      .soft(
        others().map(({ commandLine }) => commandLine),
        `${name}: ${story}`,
      )
      .toEqual([]);
    await expectServiceAlone(processes, `${name}: ${story}`);
  }
  const status = await fleet.on(readStatus);
  expect(status, story).toMatchObject({ expected: id, drift: [], lease: undefined });
  expect
    .soft(
      status.hosts.map(({ problem }) => problem),
      story,
    )
    .toEqual(fleet.machines.map(() => undefined));
  await expectLedgerClosed(fleet, story);
}

/** What died is recorded as such, what went well as that, and nobody holds anything. */
async function expectLedgerClosed(fleet: SshFleet, story: string): Promise<void> {
  const rows = await fleet.database.session((session) =>
    session.query<{ id: string; state: string; finished: boolean }>(
      'SELECT id, state, finished_at IS NOT NULL AS finished FROM ops.deployment ORDER BY position',
    ),
  );
  expect
    .soft(
      rows.filter(({ finished }) => !finished),
      story,
    )
    .toEqual([]);
  expect(['verified', 'unchanged'], story).toContain(rows.at(-1)!.state);
  const [lease] = await fleet.database.session((session) => session.query('SELECT run FROM ops.lease'));
  expect(lease, story).toEqual({ run: null });
}

/** Here and there: no ssh, no session, no script; a shared connection ends 15 s after its last use. */
export async function expectNothingLeft({ machines, settings, database }: SshFleet): Promise<void> {
  const here = () => sshProcesses({ ...settings, ports: settings.service.ports });
  await until(() => here().length === 0, 25_000).catch(() => {});
  expect(here()).toEqual([]);
  for (const { name, processes } of machines) await expectServiceAlone(processes, name);
  const backends = await database.session((session) =>
    session.query("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'kill test%'"),
  );
  expect(backends).toEqual([]);
}

/**
 * A supervisor and its service are two kinds; beside them there is only who looks at the log, and sleeps in between. Its
 * look is a process of a third kind, for a moment every ten seconds.
 */
async function expectServiceAlone(processes: () => readonly Process[], story: string): Promise<void> {
  const kinds = (): string[] => [
    ...new Set(
      processes()
        .filter(({ name }) => name !== 'sleep')
        .map(({ commandLine }) => commandLine),
    ),
  ];
  await until(() => kinds().length === 2).catch(() => {});
  expect(kinds(), story).toHaveLength(2);
}
