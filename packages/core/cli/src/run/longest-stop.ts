import { readCatalogue } from '@opsgraph/catalogue';
import type { PlannedTask } from './read-plan.ts';

/** Milliseconds after which every planned task has ended that was told to stop; a second more than the slowest says. */
export async function longestStop(plan: readonly PlannedTask[], workspace: string, usual: number): Promise<number> {
  const entries = await readCatalogue(workspace, (task) => plan.some(({ record }) => record?.task === task));
  return Math.max(usual, ...entries.map(({ definition }) => (definition?.stopWithin ?? 0) + 1000));
}
