export { newDomain } from './new-domain.ts';
export { newEnvironment } from './new-environment.ts';
export { newTask } from './new-task.ts';
export type { Scaffolded, ScaffoldInput } from './write-new.ts';
