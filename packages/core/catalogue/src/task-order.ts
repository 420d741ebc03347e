/** What a task comes after, by names of tasks: `migration:migrate`. */
export type TaskEdges = ReadonlyMap<string, readonly string[]>;

/** Domains in the order in which a new database meets them, by their last task in the graph; then any others by name. */
export function orderDomains(domains: readonly string[], edges: TaskEdges): string[] {
  const last = new Map<string, number>();
  for (const [task, depth] of taskDepths(edges)) {
    const domain = task.slice(0, task.indexOf(':'));
    last.set(domain, Math.max(last.get(domain) ?? 0, depth));
  }
  const place = (domain: string): number => last.get(domain) ?? Infinity;
  return domains.toSorted((a, b) => compare(place(a), place(b)) || a.localeCompare(b));
}

/** Those of a graph first, in its order; then the others by name. */
export function orderTasks<Task extends { definition: { name: string } }>(
  tasks: readonly Task[],
  edges: TaskEdges,
): Task[] {
  const depths = taskDepths(edges);
  const place = ({ definition }: Task): number => depths.get(definition.name) ?? Infinity;
  return tasks.toSorted((a, b) => compare(place(a), place(b)) || a.definition.name.localeCompare(b.definition.name));
}

/**
 * How far a task is from the beginning of the graph; undefined when it has no
 * part in one. A cycle, which turbo refuses, is cut.
 */
function taskDepths(edges: TaskEdges): Map<string, number> {
  const isWaitedFor = new Set([...edges.values()].flat());
  const depths = new Map<string, number>();
  const depthOf = (task: string): number => {
    const known = depths.get(task);
    if (known !== undefined) return known;
    depths.set(task, 0);
    const depth = Math.max(0, ...(edges.get(task) ?? []).map((each) => depthOf(each) + 1));
    depths.set(task, depth);
    return depth;
  };
  const taking = [...edges].filter(([task, after]) => after.length > 0 || isWaitedFor.has(task));
  for (const [task] of taking) depthOf(task);
  return depths;
}

/** Also of Infinity with itself. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
