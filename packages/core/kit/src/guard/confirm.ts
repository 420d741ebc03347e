import { OpsError } from '@opsgraph/errors';
import { command, text } from '@opsgraph/terminal';
import type { Consequence } from '../definition/guard.ts';

export interface Confirmation {
  task: string;
  environment: string;
  /** What it does to the environment. */
  consequence: Consequence;
  /** What --confirm or OPS_CONFIRM said. */
  given: string | undefined;
  /** Whether a person can be asked. */
  canAsk: boolean;
  signal: AbortSignal;
}

/**
 * A severe act outside local must name the environment once more.
 *
 * @throws OpsError NOT_CONFIRMED (77)
 */
export async function requireConfirmation({
  task,
  environment,
  consequence,
  given,
  canAsk,
  signal,
}: Confirmation): Promise<void> {
  const answer =
    given ?? (canAsk ? await askFor(`${task} ${consequence} ${environment}`, environment, signal) : undefined);
  if (answer === environment) return;
  throw new OpsError({
    code: 'NOT_CONFIRMED',
    exit: 'refused',
    message:
      given === undefined
        ? `${task} ${consequence} ${environment} and was not confirmed`
        : `${task} was confirmed for "${given}", but the environment is "${environment}"`,
    hint: `add ${command`--confirm ${environment} (OPS_CONFIRM=${environment} before turbo)`} when that is what you want; --dry-run shows what would happen`,
  });
}

async function askFor(what: string, environment: string, signal: AbortSignal): Promise<string> {
  const { ask } = await import('@opsgraph/terminal/ask');
  return ask(text`  ${what}. Type ${environment} to continue: `, signal);
}
