import type { RolloutSettings } from '../settings.ts';

/** The order of a rollout: the canaries each alone, then batches. */
export function makeBatches<Item>(
  items: readonly Item[],
  { canary, batch }: Pick<RolloutSettings, 'canary' | 'batch'>,
): Item[][] {
  const first = items.slice(0, canary).map((item) => [item]);
  const rest = items.slice(canary);
  const count = Math.ceil(rest.length / batch);
  return [...first, ...Array.from({ length: count }, (_, index) => rest.slice(index * batch, (index + 1) * batch))];
}
