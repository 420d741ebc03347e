export type { Environments, Graph, Predecessor, Resource } from './definition/graph.ts';
export type { Consequence, Guard } from './definition/guard.ts';
export type { OptionSpec, OptionSpecs, OptionValues } from './definition/options.ts';
export type { SecretPorts } from './definition/secret-ports.ts';
export {
  type Change,
  defineTask,
  type Example,
  type Needs,
  type TaskContext,
  type TaskDefinition,
  type TaskReport,
} from './definition/task.ts';
export { readsConfiguration, seesEnvironment } from './guard/sees-environment.ts';
export { runTask } from './run/run-task.ts';
export type { Progress, Talk } from './talk/talk.ts';
export { targetConnection } from './target/target-connection.ts';
