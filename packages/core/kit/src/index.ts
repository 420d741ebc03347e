export type { OptionSpec, OptionSpecs, OptionValues } from '@opsgraph/command-line';
export type { Change, Progress, Talk, TaskReport } from '@opsgraph/report';
export type { Environments, Graph, Predecessor, Resource } from './definition/graph.ts';
export type { Consequence, Guard } from './definition/guard.ts';
export type { Needs } from './definition/needs.ts';
export type { SecretPorts } from './definition/secret-ports.ts';
export { defineTask, type Example, type TaskContext, type TaskDefinition } from './definition/task.ts';
export { runTask } from './run/run-task.ts';
