export type { AuditFields, AuditIntent, AuditLine, AuditOutcome } from './audit-line.ts';
export type { Chapter } from './chapter.ts';
export { findOutdated, isNumbered, type LedgerState, refuseNewer, requireChapters } from './chapters.ts';
export { describeHolder, type LockHolder, type LockWait, withDomainLock } from './domain-lock.ts';
export {
  type EnvironmentRename,
  type Marker,
  readMarker,
  renameEnvironment,
  requireEnvironment,
  setEnvironment,
} from './environment-marker.ts';
export { findChapters } from './find-chapters.ts';
export { type OwnLock, takeLock } from './locks.ts';
export { migrateLedger } from './migrate-ledger.ts';
export { pruneRuns, type Retention } from './prune-runs.ts';
export { requireEncoding } from './require-encoding.ts';
export {
  beginRun,
  closeDeadRuns,
  type Effect,
  finishRun,
  type Outcome,
  type RecordedRun,
  type RunIntent,
  type RunOutcome,
  recentRuns,
} from './run.ts';
