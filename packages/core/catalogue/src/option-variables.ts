import type { TaskDefinition } from '@opsgraph/kit';

/** The variables through which an option reaches a task that a graph starts, with what they do, sorted. */
export function optionVariables(tasks: readonly TaskDefinition[]): Record<string, string> {
  const found = new Map<string, string>();
  for (const { name, options } of tasks) {
    for (const [option, spec] of Object.entries(options)) {
      if (!('variable' in spec) || spec.variable === undefined) continue;
      found.set(spec.variable, `Like --${option} of ${name}, for a whole graph: ${spec.description}`);
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b)));
}
