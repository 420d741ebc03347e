export {
  createTaskProject,
  type Ended,
  type Env,
  type Started,
  type TaskProject,
  type TaskProjectInput,
} from './task-project.ts';
