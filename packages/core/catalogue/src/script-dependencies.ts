import { OpsError } from '@opsgraph/errors';
import type { Predecessor } from '@opsgraph/kit';
import { seesEnvironment } from '@opsgraph/kit/sees-environment';
import type { TaskScript } from './task-scripts.ts';

/**
 * What each script waits for, by turbo's names: `after` of its definition, in
 * its environment. A task that has no script for that environment has no part
 * there and is not waited for; one that acts on whatever is chosen must not
 * come before one that is bound.
 *
 * @param checks what the application names (config/application.ts): `application#checks`
 * @throws OpsError GRAPH_INVALID (78) with every edge that leads nowhere, or out of the environment
 */
export function scriptDependencies(
  scripts: readonly TaskScript[],
  checks: readonly string[] = [],
): Map<string, string[]> {
  const byTask = Map.groupBy(scripts, ({ definition }) => definition.name);
  const problems = new Set<string>();
  const found = new Map(
    scripts.map((script) => {
      const after = script.definition.graph?.after ?? [];
      const ids = after.flatMap((predecessor) =>
        predecessor === 'application#checks' ? checks : resolve(script, predecessor, byTask, problems),
      );
      return [script.id, ids];
    }),
  );
  if (problems.size === 0) return found;
  throw new OpsError({
    code: 'GRAPH_INVALID',
    exit: 'configuration',
    message: 'the task definitions do not form a graph',
    problems: [...problems],
    hint: 'correct graph.after or graph.environments in these tasks, then: pnpm generate',
  });
}

function resolve(
  { definition, environment }: TaskScript,
  predecessor: Predecessor,
  byTask: ReadonlyMap<string, readonly TaskScript[]>,
  problems: Set<string>,
): string[] {
  if (predecessor.includes('#')) return [predecessor];
  const others = byTask.get(predecessor as `${string}:${string}`);
  if (others === undefined) {
    problems.add(`${definition.name} comes after ${predecessor}, and there is no such task`);
    return [];
  }
  const same = others.find((other) => other.environment === environment);
  if (same !== undefined) return [same.id];
  const isOnlyChosen = others.every((other) => other.environment === undefined);
  if (!isOnlyChosen) return [];
  if (!seesEnvironment(others[0]!.definition)) return [others[0]!.id];
  problems.add(
    `${definition.name} is bound to ${environment} and comes after ${predecessor}, which acts on whatever is chosen: give that one environments: ['chosen', 'each']`,
  );
  return [];
}
