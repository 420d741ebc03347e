export { describeHolder, type LockHolder, type LockWait, withDomainLock } from './domain-lock.ts';
export {
  type EnvironmentRename,
  type Marker,
  readMarker,
  renameEnvironment,
  requireEnvironment,
  setEnvironment,
} from './environment-marker.ts';
export { ledgerVersion, lockClass, migrateLedger } from './migrate-ledger.ts';
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
