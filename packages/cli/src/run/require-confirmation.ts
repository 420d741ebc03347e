import { readCatalogue } from '@opsgraph/catalogue';
import { OpsError } from '@opsgraph/errors';
import type { PlannedTask } from './read-plan.ts';

export interface Confirmation {
  workspace: string;
  environment: string;
  /** What --confirm or OPS_CONFIRM said. */
  given: string | undefined;
}

/**
 * Severe acts outside local are confirmed before anything runs: a task that
 * refuses in the middle would leave the graph half done.
 *
 * @throws OpsError NOT_CONFIRMED (77)
 */
export async function requireConfirmation(
  plan: readonly PlannedTask[],
  { workspace, environment, given }: Confirmation,
): Promise<void> {
  if (environment === 'local' || given === environment) return;
  const planned = new Set(plan.filter(({ isRecorded }) => isRecorded).map(({ name }) => name));
  const severe = (await readCatalogue(workspace))
    .map(({ definition }) => definition)
    .filter((definition) => definition?.effect === 'destroy' && planned.has(definition.name))
    .map((definition) => `${definition!.name}: ${definition!.summary}`);
  if (severe.length === 0) return;
  throw new OpsError({
    code: 'NOT_CONFIRMED',
    exit: 'refused',
    message:
      given === undefined
        ? `this takes something away from ${environment} and was not confirmed; nothing was started`
        : `this was confirmed for "${given}", but the environment is "${environment}"; nothing was started`,
    problems: severe,
    hint: `add --confirm ${environment} when that is what you want`,
  });
}
