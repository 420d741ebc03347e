import { startedTask } from '@opsgraph/catalogue';

/** One task that turbo would run. */
export interface PlannedTask {
  /** Turbo's name: `db#seed`, `//#typecheck`. */
  id: string;
  /** As people know it: `db:seed`, `typecheck`, `@opsgraph/kit#test`. */
  name: string;
  /** A task of Opsgraph records what it does, under this name; undefined: another program. */
  record: TaskRecord | undefined;
  /** What its script gives the task, behind the name of the file. */
  words?: readonly string[];
  /** Whether turbo would replay it from its cache. */
  isCached: boolean;
  isCacheable: boolean;
  /** The ids of the planned tasks it waits for. */
  dependencies: readonly string[];
}

export interface TaskRecord {
  task: string;
  environment: string;
  /** Its script names the environment (`deploy:staging`); otherwise it acts on the chosen one. */
  isBound: boolean;
}

interface DryTask {
  taskId: string;
  command: string;
  dependencies: string[];
  cache: { status: string };
  resolvedTaskDefinition: { cache: boolean };
}

/**
 * Turbo's `--dry=json`, without the nodes that run nothing, in an order that can be run.
 *
 * @param environment of the tasks whose script is not bound to one
 */
export function readPlan(document: string, environment: string): PlannedTask[] {
  const { tasks } = JSON.parse(document) as { tasks: DryTask[] };
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const runs = (id: string): boolean => byId.has(id) && byId.get(id)!.command !== '<NONEXISTENT>';
  // Through a node without a script (turbo's "transit") its own dependencies count.
  const through = (id: string, seen = new Set<string>()): string[] => {
    if (seen.has(id)) return [];
    seen.add(id);
    if (runs(id)) return [id];
    return (byId.get(id)?.dependencies ?? []).flatMap((each) => through(each, seen));
  };
  const planned = tasks
    .filter(({ taskId }) => runs(taskId))
    .map((task) => {
      const started = startedBy(task);
      const record = recordOf(task, started, environment);
      return {
        id: task.taskId,
        name: displayName(task.taskId, record !== undefined),
        record,
        ...(started && { words: started.words }),
        isCached: task.cache.status === 'HIT',
        isCacheable: task.resolvedTaskDefinition.cache,
        dependencies: [...new Set(task.dependencies.flatMap((each) => through(each)))],
      };
    });
  return inOrder(planned);
}

function startedBy({ taskId, command }: DryTask): ReturnType<typeof startedTask> {
  return startedTask(taskId.split('#')[1] ?? '', command);
}

function recordOf(
  { taskId }: DryTask,
  started: ReturnType<typeof startedTask>,
  chosen: string,
): TaskRecord | undefined {
  const [domain = ''] = taskId.split('#');
  const bound = started?.environment;
  return started && { task: `${domain}:${started.task}`, environment: bound ?? chosen, isBound: bound !== undefined };
}

function displayName(id: string, isRecorded: boolean): string {
  if (isRecorded) return id.replace('#', ':');
  return id.startsWith('//#') ? id.slice('//#'.length) : id;
}

/** Dependencies first; turbo has refused cycles already. */
function inOrder(tasks: readonly PlannedTask[]): PlannedTask[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ordered = new Set<PlannedTask>();
  const add = (task: PlannedTask): void => {
    if (ordered.has(task)) return;
    for (const id of task.dependencies) add(byId.get(id)!);
    ordered.add(task);
  };
  for (const task of tasks) add(task);
  return [...ordered];
}
