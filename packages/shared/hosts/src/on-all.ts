import { type ExitName, exitCodes, OpsError } from '@opsgraph/errors';
import type { Host } from './host.ts';
import { inParallel } from './in-parallel.ts';

/**
 * The same on every host, at most `limit` at a time. All are waited for, and
 * every failure is reported.
 *
 * @throws OpsError HOSTS_FAILED with the highest exit code of the failures, or the one failure as it is
 */
export async function onAll<Value>(
  hosts: readonly Host[],
  limit: number,
  work: (host: Host) => Promise<Value>,
): Promise<Map<string, Value>> {
  const results = await inParallel(hosts, limit, work);
  const errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
  if (errors.length > 0) throw combined(errors, hosts.length);
  return new Map(results.map((result, index) => [hosts[index]!.name, (result as { value: Value }).value]));
}

export function combined(errors: readonly unknown[], hosts: number): unknown {
  const foreseen = errors.filter((error) => error instanceof OpsError);
  if (foreseen.length < errors.length) return errors.find((error) => !(error instanceof OpsError));
  if (foreseen.length === 1) return foreseen[0];
  const worst = foreseen.reduce((a, b) => (b.exitCode > a.exitCode ? b : a));
  // An interruption makes all fail alike: it is the one reason.
  if (worst.code === 'INTERRUPTED') return worst;
  return new OpsError({
    code: 'HOSTS_FAILED',
    exit: exitName(worst.exitCode),
    message: `${foreseen.length} of ${hosts} hosts failed`,
    hint: worst.hint,
    problems: foreseen.flatMap(({ message, problems }) => [message, ...problems.map((problem) => `  ${problem}`)]),
    cause: worst,
  });
}

function exitName(code: number): ExitName {
  return (Object.keys(exitCodes) as ExitName[]).find((name) => exitCodes[name] === code) ?? 'failed';
}
