import { exitCodes, type StopSignal } from '@opsgraph/errors';
import type { TaskEnd } from './judge.ts';
import type { TurboEnd } from './start-turbo.ts';

const ofSignal = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated, SIGHUP: exitCodes.hangup };

/**
 * The exit code of the whole: of the signal that stopped us, else the highest
 * of turbo and all tasks. Turbo's own 0 is not believed when a task did not end.
 */
export function exitCodeOf(ends: readonly TaskEnd[], turbo: TurboEnd, received: StopSignal | undefined): number {
  if (received !== undefined) return ofSignal[received];
  const codes = ends.map(({ state, exitCode }) => {
    if (state === 'interrupted') return exitCode ?? exitCodes.interrupted;
    return exitCode ?? exitCodes.failed;
  });
  return Math.max(turbo.code ?? 137, ...codes);
}
