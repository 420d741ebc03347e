export type { ChildEnvironment } from './child-environment.ts';
export { CommandFailed, commandTimedOut } from './command-failed.ts';
export { quotePosix } from './quote-posix.ts';
export { type RunOptions, type RunResult, run } from './run.ts';
