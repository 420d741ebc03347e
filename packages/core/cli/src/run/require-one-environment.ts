import { readCatalogue } from '@opsgraph/catalogue';
import { OpsError } from '@opsgraph/errors';
import { seesEnvironment } from '@opsgraph/kit/sees-environment';
import type { PlannedTask, TaskRecord } from './read-plan.ts';

export interface EnvironmentChoice {
  /** By --env, OPS_ENV or default: what tasks act on whose script names no environment. */
  chosen: string;
  /** What --env said. */
  named: string | undefined;
  workspace: string;
}

/**
 * The one environment that a plan acts on. A plan for two is refused before
 * anything starts, and so is `deploy:staging --env production`.
 *
 * @throws OpsError GRAPH_ENVIRONMENTS (77)
 */
export async function requireOneEnvironment(
  plan: readonly PlannedTask[],
  { chosen, named, workspace }: EnvironmentChoice,
): Promise<string> {
  const records = plan.flatMap(({ record }) => record ?? []);
  const bound = records.filter(({ isBound }) => isBound);
  // The common case loads no task file.
  if (bound.length === 0) return chosen;
  const acting = [...bound, ...(await withTarget(records, workspace))];
  const environments = [...new Set(acting.map(({ environment }) => environment))].sort();
  if (environments.length === 1 && (named === undefined || environments[0] === named)) return environments[0]!;
  throw new OpsError({
    code: 'GRAPH_ENVIRONMENTS',
    exit: 'refused',
    message:
      environments.length > 1
        ? `these tasks would act on ${environments.join(' and ')} in one run; nothing was started`
        : `--env says ${named}, but these tasks are bound to ${environments[0]}; nothing was started`,
    problems: environments.map((name) => `${name}: ${tasksOn(name, acting)}`),
    hint: 'start one run for each environment; a task with an environment in its name takes no --env',
  });
}

/** Of those that act on the chosen environment; `release` packs the same files for any. */
async function withTarget(records: readonly TaskRecord[], workspace: string): Promise<TaskRecord[]> {
  const free = records.filter(({ isBound }) => !isBound);
  if (free.length === 0) return [];
  const catalogue = await readCatalogue(workspace, (task) => free.some((record) => record.task === task));
  const definitions = new Map(catalogue.map(({ definition }) => [definition?.name as string, definition]));
  return free.filter(({ task }) => {
    const definition = definitions.get(task);
    return definition === undefined || seesEnvironment(definition);
  });
}

function tasksOn(environment: string, records: readonly TaskRecord[]): string {
  const tasks = records.filter((record) => record.environment === environment).map(({ task }) => task);
  return tasks.length <= 4 ? tasks.join(', ') : `${tasks.slice(0, 4).join(', ')} and ${tasks.length - 4} more`;
}
