import { readCatalogue } from '@opsgraph/catalogue';
import { OpsError } from '@opsgraph/errors';
import type { PlannedTask } from './read-plan.ts';

export interface Confirmation {
  workspace: string;
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
  { workspace, given }: Confirmation,
): Promise<void> {
  const outside = plan.flatMap(({ record }) =>
    record === undefined || record.environment === 'local' || record.environment === given ? [] : [record],
  );
  if (outside.length === 0) return;
  const catalogue = new Map((await readCatalogue(workspace)).map(({ definition }) => [definition?.name, definition]));
  const severe = outside.filter(({ task }) => catalogue.get(task as `${string}:${string}`)?.effect === 'destroy');
  const environment = severe[0]?.environment;
  if (environment === undefined) return;
  throw new OpsError({
    code: 'NOT_CONFIRMED',
    exit: 'refused',
    message:
      given === undefined
        ? `this takes something away from ${environment} and was not confirmed; nothing was started`
        : `this was confirmed for "${given}", but the environment is "${environment}"; nothing was started`,
    problems: severe.map(({ task }) => `${task}: ${catalogue.get(task as `${string}:${string}`)?.summary}`),
    hint: `add --confirm ${environment} when that is what you want`,
  });
}
