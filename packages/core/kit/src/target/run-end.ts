import type { TaskReport } from '@opsgraph/report';

/** How the work of a task ended. */
export type RunEnd = { report: TaskReport } | { error: unknown };
