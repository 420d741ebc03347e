import { readCatalogue } from '@opsgraph/catalogue';
import { type Environment, loadEnvironment, type Section } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import { missingConfirmation } from '@opsgraph/kit/graph-runner';
import { command } from '@opsgraph/terminal';
import type { Surroundings } from '../surroundings.ts';
import type { PlannedTask } from './read-plan.ts';

/**
 * What must be confirmed is confirmed before anything runs: a task that
 * refuses in the middle would leave the graph half done. `env` is what the
 * tasks will see.
 *
 * @throws OpsError NOT_CONFIRMED (77), CONFIG_INVALID (78) where the configuration decides
 */
export async function requireConfirmation(
  plan: readonly PlannedTask[],
  { root, workspace, env }: Pick<Surroundings, 'root' | 'workspace' | 'env'>,
): Promise<void> {
  // In the common case, local and without options, no task file is loaded.
  const asked = plan.filter(({ record, words = [] }) => record && (record.environment !== 'local' || words.length > 0));
  const isAsked = (name: string): boolean => asked.some(({ record }) => record?.task === name);
  const entries = asked.length === 0 ? [] : await readCatalogue(workspace, isAsked);
  const catalogue = new Map(entries.map(({ definition }) => [definition?.name as string, definition]));
  const loaded = new Map<string, Promise<Environment>>();
  const config = (name: string, sections: readonly Section[]): Promise<Environment> => {
    const key = [name, ...sections].join(' ');
    const found =
      loaded.get(key) ?? loadEnvironment({ root, name, env, sections }).then(({ environment }) => environment);
    loaded.set(key, found);
    return found;
  };
  const missing = [];
  for (const { record, words = [] } of asked) {
    const task = record && catalogue.get(record.task);
    if (task === undefined) continue;
    const { environment } = record!;
    const confirmation = await missingConfirmation({ task, words, environment, env, config });
    if (confirmation !== undefined) missing.push({ task, ...confirmation });
  }
  const [first] = missing;
  if (first === undefined) return;
  const { environment, given } = first;
  const consequence = missing.find((each) => each.consequence !== 'changes')?.consequence ?? first.consequence;
  throw new OpsError({
    code: 'NOT_CONFIRMED',
    exit: 'refused',
    message:
      given === undefined
        ? `this ${consequence} ${environment} and was not confirmed; nothing was started`
        : `this was confirmed for "${given}", but the environment is "${environment}"; nothing was started`,
    problems: missing.map(({ task }) => `${task.name}: ${task.summary}`),
    hint: `add ${command`--confirm ${environment}`} when that is what you want`,
  });
}
