export { type BackfillStatus, backfillStatus } from './command/backfill-status.ts';
export { reportBackfills, reportRehearsed, reportStatus, reportSwitched } from './command/report.ts';
export type { Backfill, BatchWork, RowKey } from './definition/backfill.ts';
export type { BackfillSettings } from './definition/settings.ts';
export { pauseBackfill, resumeBackfill } from './record/pause.ts';
export { type RehearsedBackfill, rehearseBackfills } from './run/rehearse-backfills.ts';
export type { BackfillResult } from './run/run-backfill.ts';
export { type BackfillsInput, type BackfillsResult, runBackfills } from './run/run-backfills.ts';
