import { OpsError } from '@opsgraph/errors';
import type { Definition } from './definition.ts';

/** What `--expires` (milliseconds) and `--never-expires` mean together. @throws OpsError USAGE (64) */
export function chooseLifetime(expires: number | undefined, never: boolean): Definition['lifetime'] {
  if (expires !== undefined && never)
    throw new OpsError({
      code: 'USAGE',
      exit: 'usage',
      message: '--expires and --never-expires contradict each other',
      hint: 'leave one of them out',
    });
  return never ? 'never' : (expires ?? 'keep');
}
