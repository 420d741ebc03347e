export type { Ended, Started } from '@opsgraph/testing/follow-process';
export {
  createTaskProject,
  type Env,
  type TaskProject,
  type TaskProjectInput,
} from './task-project.ts';
