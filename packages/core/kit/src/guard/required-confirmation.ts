import type { Environment, Section } from '@opsgraph/config';
import type { Consequence } from '../definition/guard.ts';
import { type ParsedArguments, parseArguments } from '../definition/parse-arguments.ts';
import type { TaskDefinition } from '../definition/task.ts';

export interface RequiredConfirmation {
  consequence: Consequence;
  /** The environment that must be named once more. */
  environment: string;
}

interface Act {
  options: ParsedArguments<TaskDefinition['options']>['options'];
  /** The chosen one, whose configuration is in use. */
  environment: string;
  /** Called when the answer depends on it; undefined for a task that needs none. */
  config(): Promise<Environment> | undefined;
}

/**
 * Whose name must confirm this act; undefined: nobody needs to be asked.
 *
 * It is the environment that the target says it is. The guard lets a task on
 * its target only when the marker is the chosen environment or the one in
 * `formerly`, so these two are all it can be, and what is taken away belongs to
 * the latter. Only `local` is not asked for.
 */
export async function requiredConfirmation(
  task: TaskDefinition,
  { options, environment, config }: Act,
): Promise<RequiredConfirmation | undefined> {
  const former = task.guard?.formerly?.(options);
  const owner = former === undefined || former === 'local' ? environment : former;
  if (owner === 'local') return undefined;
  const consequence = task.guard?.confirm === undefined ? byEffect(task) : task.guard.confirm(options, await config());
  return consequence && { consequence, environment: owner };
}

function byEffect({ effect }: TaskDefinition): Consequence | undefined {
  return effect === 'destroy' ? 'takes something away from' : undefined;
}

export interface PlannedAct {
  task: TaskDefinition;
  /** Of its script, behind the file. */
  words: readonly string[];
  environment: string;
  env: Readonly<Record<string, string | undefined>>;
  config(environment: string, sections: readonly Section[]): Promise<Environment>;
}

/**
 * The same for a task that a graph is about to start, as far as it was not
 * confirmed; `given` is what was named instead. A command line that the task
 * will refuse needs no confirmation.
 *
 * @throws OpsError CONFIG_INVALID (78)
 */
export async function missingConfirmation({
  task,
  words,
  environment,
  env,
  config,
}: PlannedAct): Promise<(RequiredConfirmation & { given: string | undefined }) | undefined> {
  const parsed = await parseArguments(task.options, words, '/', env).catch(() => undefined);
  if (parsed === undefined || parsed.common.help || parsed.common['dry-run']) return undefined;
  const chosen = parsed.common.env ?? environment;
  const required = await requiredConfirmation(task, {
    options: parsed.options,
    environment: chosen,
    config: () => (task.needs === 'nothing' ? undefined : config(chosen, task.sections ?? [])),
  });
  const given = parsed.common.confirm ?? (env['OPS_CONFIRM'] || undefined);
  return required === undefined || required.environment === given ? undefined : { ...required, given };
}
