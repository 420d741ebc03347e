export type { Progress, Talk } from './talk.ts';
export type { Change, TaskReport } from './task-report.ts';
