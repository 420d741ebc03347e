import type { TaskDefinition } from '../definition/task.ts';

type Asked = Pick<TaskDefinition, 'effect' | 'needs' | 'readsConfig'>;

/** Whether a task reads the configuration, secrets included: turbo hands their variables to no other. */
export function readsConfiguration({ needs, readsConfig }: Asked): boolean {
  return needs !== 'nothing' || readsConfig === true;
}

/** Whether it matters for which environment a task runs; `release` packs the same files for any. */
export function seesEnvironment(task: Asked): boolean {
  return task.effect !== 'read' || readsConfiguration(task);
}
