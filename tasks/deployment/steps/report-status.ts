import type { TaskReport } from '@opsgraph/kit';
import type { HostStatus, Schema, Status } from '@opsgraph/releases';

/** A line for each host, then what is not as it should be. */
export function reportStatus(status: Status, { applied }: Schema): TaskReport {
  const { hosts, drift, lease, verified, expected } = status;
  const schema = applied.at(-1) ?? 'no migration';
  const ill = hosts.filter(({ problem }) => problem !== undefined);
  const lines = [
    ...hosts.map(hostLine),
    `schema   ${schema}`,
    `verified ${verified.slice(0, 5).join(' ') || 'none'}`,
    ...(lease === undefined ? [] : [`lease    ${lease.holder}, ${Math.ceil(lease.left / 1000)} s left`]),
    ...drift.map((line) => `drift    ${line}`),
  ];
  return {
    summary:
      ill.length + drift.length === 0
        ? `${hosts.length === 1 ? 'the host is' : `all ${hosts.length} hosts are`} healthy, with release ${expected}`
        : `${ill.length} of ${hosts.length} hosts are not healthy${drift.length === 0 ? '' : `, ${drift.length} drifts`}`,
    changes: [],
    lines,
    data: { ...status, schema },
    findings: ill.length + drift.length > 0,
  };
}

function hostLine({ host, release, since, by, problem }: HostStatus): string {
  const when = since === undefined ? '' : ` since ${since.toISOString().replace(/\.\d+/, '')} by ${by}`;
  return `${host}  ${release ?? 'no release'}${when}  ${problem ?? 'healthy'}`;
}
