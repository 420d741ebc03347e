import type { TaskReport } from '@opsgraph/kit';
import type { HostStatus, Schema, Status } from '@opsgraph/releases';
import { agree } from '@opsgraph/text';

/** A line for each host, then what is not as it should be, and the way on. */
export function reportStatus(status: Status, { applied }: Schema): TaskReport {
  const { hosts, drift, lease, left, unended, verified } = status;
  const schema = applied.at(-1) ?? 'no migration';
  const lines = [
    ...hosts.map((host) => hostLine(host, Math.max(8, ...hosts.map((one) => one.host.length)))),
    `schema   ${schema}`,
    `verified ${verified.slice(0, 5).join(' ') || 'none'}`,
    ...(lease === undefined ? [] : [`lease    ${lease.holder}, ${Math.ceil(lease.left / 1000)} s left`]),
    ...drift.map((line) => `drift    ${line}`),
    ...left.map((line) => `left     ${line}`),
    ...(unended === undefined
      ? []
      : [
          `open     ${unended.headline}`,
          ...unended.lines.map((line) => `         ${line}`),
          `next     ${unended.waysOn}`,
        ]),
  ];
  const findings = findingsOf(status);
  return {
    summary: findings.length === 0 ? wellWords(status) : findings.join('; '),
    changes: [],
    lines,
    data: { ...status, schema },
    findings: findings.length > 0,
  };
}

/** The same without the ledger: what the hosts say, and how to go back. */
export function reportHosts(hosts: readonly HostStatus[], why: string, environment: string): TaskReport {
  const width = Math.max(8, ...hosts.map((one) => one.host.length));
  const ill = hosts.filter(({ problem }) => problem !== undefined).length;
  const command = `pnpm --filter deployment run rollback:${environment} --without-ledger --to RELEASE`;
  return {
    summary: `${why}; ${ill === 0 ? 'the hosts are healthy' : illWords(ill, hosts.length)}`,
    changes: [],
    lines: [
      ...hosts.map((host) => hostLine(host, width)),
      'ledger   cannot be reached: what should be live, and what was verified, is not known',
      `next     to roll back anyway: ${command}`,
    ],
    data: { hosts },
    findings: true,
  };
}

function findingsOf({ hosts, drift, unended }: Status): string[] {
  const ill = hosts.filter(({ problem }) => problem !== undefined).length;
  return [
    ...(ill === 0 ? [] : [illWords(ill, hosts.length)]),
    ...(drift.length === 0
      ? []
      : [
          `${drift.length} of ${hosts.length} hosts ${agree(drift.length, 'has', 'have')} another release than expected`,
        ]),
    ...(unended === undefined ? [] : [unended.headline]),
  ];
}

function illWords(ill: number, all: number): string {
  return all === 1 ? 'the host is not healthy' : `${ill} of ${all} hosts ${agree(ill, 'is', 'are')} not healthy`;
}

function wellWords({ hosts, expected }: Status): string {
  return `${hosts.length === 1 ? 'the host is' : `all ${hosts.length} hosts are`} healthy, with release ${expected}`;
}

function hostLine({ host, isReached, release, since, by, problem }: HostStatus, width: number): string {
  const when = since === undefined ? '' : ` since ${since.toISOString().replace(/\.\d+/, '')} by ${by}`;
  return `${host.padEnd(width)} ${release ?? (isReached ? '-' : 'unknown')}${when}  ${problem ?? 'healthy'}`;
}
