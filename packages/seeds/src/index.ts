export type { DataSet, Format, Reference, SeedInput } from './data-set.ts';
export { type PlannedSeed, planSeed } from './plan-seed.ts';
export { type Report, reportPlanned, reportRolledBack, reportSeeded, reportStatus } from './report.ts';
export { type RollbackInput, type RollbackResult, rollbackSeed, type UndoneSet } from './rollback-seed.ts';
export { type SeededSet, type SeedResult, seed } from './seed.ts';
export { type SetStatus, seedStatus } from './seed-status.ts';
