export { run, type RunOptions, type RunResult } from './run.ts';
export { quotePosix } from './quote-posix.ts';
export { CommandFailed } from './command-failed.ts';
export { type ChildEnvironment } from './child-environment.ts';
