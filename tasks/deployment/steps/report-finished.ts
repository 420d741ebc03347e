import type { TaskReport } from '@opsgraph/kit';
import type { Finished } from '@opsgraph/releases';
import { count } from '@opsgraph/text';

/** What people see at the end of a deployment. */
export function reportFinished({ deployment, hosts, pruned, addresses }: Finished, environment: string): TaskReport {
  const { id, release, state } = deployment;
  const removed = [...pruned].flatMap(([host, ids]) =>
    ids.map((old) => ({ action: 'remove', object: `release ${old} from ${host}` })),
  );
  const changed = state === 'verified';
  const where = addresses.length === 0 ? count(hosts.length, 'host') : addresses.join(', ');
  return {
    summary: changed
      ? `${environment} runs release ${release}: ${where}`
      : `nothing to do: ${environment} runs release ${release} already: ${where}`,
    changes: [...(changed ? [{ action: 'deploy', object: `release ${release}` }] : []), ...removed],
    data: {
      deployment: id,
      release,
      state,
      hosts: hosts.map(({ host, current }) => ({ host, release: current })),
      addresses,
    },
  };
}
