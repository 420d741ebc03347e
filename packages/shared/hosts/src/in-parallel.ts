export type Settled<Value> = { value: Value } | { error: unknown };

/** Runs `work` for each item, at most `limit` at a time, and waits for all, whatever fails. */
export async function inParallel<Item, Value>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Value>,
): Promise<Settled<Value>[]> {
  const results: Settled<Value>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      try {
        results[index] = { value: await work(items[index]!) };
      } catch (error) {
        results[index] = { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
