import type { Change } from '@opsgraph/kit';
import type { MigrationLocks } from '@opsgraph/migrations';
import type { DeploymentPlan, DeploymentSettings, PlannedHost } from '@opsgraph/releases';
import { count, formatBytes, table } from '@opsgraph/text';

type Settings = Pick<DeploymentSettings, 'strategy' | 'service' | 'health'>;

/** A plan for people: what goes where, which locks it takes, what happens on each host and in which order. */
export function describePlan(plan: DeploymentPlan, locks: readonly MigrationLocks[], settings: Settings): Change[] {
  const busy = plan.hosts.filter(({ upload, act }) => upload !== undefined || act !== undefined);
  const idle = plan.hosts.length - busy.length;
  return [
    ...busy.flatMap((host) =>
      host.upload === undefined ? [] : [{ action: 'upload', object: describeUpload(host, host.upload) }],
    ),
    ...plan.pending.flatMap((name) => {
      const own = locks.find(({ migration }) => migration === name)?.lines ?? [];
      return [
        { action: 'apply', object: `migration ${name}` },
        ...own.map((line) => ({ action: 'measured', object: line })),
      ];
    }),
    ...busy.flatMap((host) =>
      host.act === undefined ? [] : [{ action: host.act, object: describeAct(host, settings) }],
    ),
    ...(idle > 0 && busy.length > 0 ? [{ action: 'keep', object: `${count(idle, 'host')} as before` }] : []),
    ...(plan.batches.length > 1 && busy.length > 0
      ? [{ action: 'order', object: plan.batches.map((batch) => batch.join(' + ')).join(', then ') }]
      : []),
  ];
}

/** One below the other. */
export function asLines(changes: readonly Change[]): string[] {
  return table(changes.map(({ action, object }) => [action, object]));
}

function describeUpload(
  { host, from }: PlannedHost,
  { files, bytes, unchanged }: NonNullable<PlannedHost['upload']>,
): string {
  const what = `${host}: ${count(files, 'file')}, ${formatBytes(bytes)}`;
  return unchanged === 0 ? what : `${what}; ${count(unchanged, 'unchanged file')} linked from ${from}`;
}

function describeAct({ host, isAsked, from, act }: PlannedHost, { strategy, service, health }: Settings): string {
  const gate = isAsked ? `then ask ${health.command ?? health.path}` : 'then see that it stays up';
  if (act === 'start') return `${host}: start the service, which does not run, ${gate}`;
  if (from === undefined) return `${host}: first release; start the service, ${gate}`;
  const former = act === 'restart' ? 'the service with its former settings' : from;
  if (strategy === 'blue-green')
    return `${host}: start beside ${former}, ${gate}, switch the requests over, stop the former`;
  return `${host}: ${former} is replaced; ${service.run === undefined ? `run '${service.reload ?? service.start}'` : 'restart the service'}, ${gate}`;
}
