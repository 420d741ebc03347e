export { defineTask, type Change, type Example, type Needs, type TaskContext, type TaskDefinition, type TaskReport } from './task.ts';
export { type OptionSpec, type OptionSpecs, type OptionValues } from './options.ts';
export { type Progress, type Talk } from './talk.ts';
export { runTask } from './run-task.ts';
