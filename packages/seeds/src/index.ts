export type { ChangedRow, Comparison } from './compare/compare-set.ts';
export type { LeftOver } from './compare/left-over.ts';
export type { DataSet, Format, Reference, SeedInput } from './data-set.ts';
export { type PlanInput, type PlannedSeed, planSeed } from './plan-seed.ts';
export { type Report, reportPlanned, reportRolledBack, reportSeeded, reportStatus } from './report.ts';
export { reportDiff } from './report-diff.ts';
export { type RollbackInput, type RollbackResult, rollbackSeed, type UndoneSet } from './rollback-seed.ts';
export { type SeededSet, type SeedResult, seed } from './seed.ts';
export { type SetStatus, seedStatus } from './seed-status.ts';
