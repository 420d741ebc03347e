export type { OptionSpec, OptionSpecs, OptionValues } from './options.ts';
export { runTask } from './run-task.ts';
export type { SecretPorts } from './secret-ports.ts';
export { readsConfiguration, seesEnvironment } from './sees-environment.ts';
export type { Progress, Talk } from './talk.ts';
export { targetConnection } from './target-connection.ts';
export {
  type Change,
  type Consequence,
  defineTask,
  type Example,
  type Needs,
  type TaskContext,
  type TaskDefinition,
  type TaskReport,
} from './task.ts';
