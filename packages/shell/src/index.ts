export type { ChildEnvironment } from './child-environment.ts';
export { CommandFailed } from './command-failed.ts';
export { quotePosix } from './quote-posix.ts';
export { type RunOptions, type RunResult, run } from './run.ts';
