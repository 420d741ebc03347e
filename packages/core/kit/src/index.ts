export type { OptionSpec, OptionSpecs, OptionValues } from '@opsgraph/command-line';
export type { Environments, Graph, Predecessor, Resource } from './definition/graph.ts';
export type { Consequence, Guard } from './definition/guard.ts';
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
export { runTask } from './run/run-task.ts';
export type { Progress, Talk } from './talk/talk.ts';
