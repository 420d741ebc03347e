import { readCatalogue } from '@opsgraph/catalogue';
import { type OptionSpec, usageError } from '@opsgraph/command-line';
import type { Given, TaskOptions } from '../command.ts';
import type { Surroundings } from '../surroundings.ts';
import type { PlannedTask } from './read-plan.ts';

/** Of every task: which of them are planned is known only when the command line has been read. */
export async function readTaskOptions({ workspace }: Surroundings): Promise<TaskOptions> {
  const specs: Record<string, OptionSpec> = {};
  const takers = new Map<string, { task: string; variable: string }[]>();
  const definitions = new Set((await readCatalogue(workspace)).map(({ definition }) => definition));
  for (const definition of definitions) {
    for (const [name, spec] of Object.entries(definition?.options ?? {})) {
      if (!('variable' in spec) || spec.variable === undefined) continue;
      // Read by the task from its variable, not here.
      const { variable, ...rest } = spec;
      specs[name] = rest;
      takers.set(name, [...(takers.get(name) ?? []), { task: definition!.name, variable }]);
    }
  }
  return { specs, takers };
}

/** The variables that hand them on. */
export function taskVariables({ taskOptions }: Given): Record<string, string> {
  return Object.fromEntries(
    taskOptions.flatMap(({ value, takers }) => takers.map(({ variable }) => [variable, value] as const)),
  );
}

/** @throws OpsError USAGE (64) when an option was given that no planned task takes */
export function requireTakers({ taskOptions }: Given, plan: readonly PlannedTask[]): void {
  const planned = new Set(plan.flatMap(({ record }) => record?.task ?? []));
  const problems = taskOptions
    .filter(({ takers }) => !takers.some(({ task }) => planned.has(task)))
    .map(
      ({ name, takers }) =>
        `--${name} is an option of ${takers.map(({ task }) => task).join(', ')}, which is not planned`,
    );
  if (problems.length > 0) throw usageError(problems, 'leave it out; --dry-run shows what is planned');
}
