import { pathToFileURL } from 'node:url';
import type { TaskDefinition } from '@opsgraph/kit';

export interface LoadedDefinition {
  /** undefined when the file cannot be loaded, or exports no definition of that name: then `problem` says which. */
  definition: TaskDefinition | undefined;
  /** One line, for people. */
  problem: string | undefined;
}

/** Imports the file of a task, which runs nothing. */
export async function loadDefinition(file: string, name: string): Promise<LoadedDefinition> {
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { definition: undefined, problem: `its file cannot be loaded: ${reason.split('\n', 1)[0]}` };
  }
  const definition = Object.values(module).find(
    (value): value is TaskDefinition => isDefinition(value) && value.name === name,
  );
  return { definition, problem: definition ? undefined : 'its file exports no definition of that name' };
}

function isDefinition(value: unknown): value is TaskDefinition {
  return typeof value === 'object' && value !== null && 'name' in value && 'effect' in value && 'run' in value;
}
