import { OpsError } from '@opsgraph/errors';
import type { TaskContext } from '@opsgraph/kit';
import { targetConnection } from '@opsgraph/kit/target-connection';
import type { HostsContext } from '@opsgraph/releases';
import { hostsContext } from './deployment-context.ts';

type OnConfig = TaskContext<Record<never, never>, 'config', 'deployment'>;

/** The option of what must be possible in an outage of the database. */
export const withoutLedger = {
  type: 'boolean',
  description: 'Rely on what the hosts know, when the database cannot be reached',
} as const;

/** What a task has that works on the hosts alone. */
export async function aloneContext(context: OnConfig, { starts }: { starts: boolean }): Promise<HostsContext> {
  const { config, run, stateDirectory, signal } = context;
  const place = { applicationName: `ops deployment ${run.id}`, stateDirectory, signal };
  return hostsContext(context, await targetConnection(config, place), { starts });
}

/** Whether it is the database that cannot be reached, and not a host. */
export function isOutage(error: unknown): error is OpsError {
  return error instanceof OpsError && error.exit === 'unavailable' && !error.code.startsWith('HOST');
}

/** An outage with the way on: what a person needs then who wants to go back, or to end the service. */
export async function explainingOutage<T>(command: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOutage(error)) throw error;
    const { code, exit, message, problems, hint = '' } = error;
    throw new OpsError({
      code,
      exit,
      message,
      problems: [...problems, hint],
      hint: `without the database, by what the hosts know: ${command}`,
      cause: error,
    });
  }
}
