export type { Backfill, BatchWork, RowKey } from './backfill.ts';
export { type BackfillStatus, backfillStatus } from './backfill-status.ts';
export { pauseBackfill, resumeBackfill } from './pause.ts';
export { type RehearsedBackfill, rehearseBackfills } from './rehearse-backfills.ts';
export { type Report, reportBackfills, reportRehearsed, reportStatus, reportSwitched } from './report.ts';
export type { BackfillResult } from './run-backfill.ts';
export { type BackfillProgress, type BackfillsInput, type BackfillsResult, runBackfills } from './run-backfills.ts';
export type { BackfillSettings } from './settings.ts';
