import type { TaskReport } from '../definition/task-report.ts';

/** How the work of a task ended. */
export type RunEnd = { report: TaskReport } | { error: unknown };
