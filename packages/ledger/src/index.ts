export { ledgerVersion, migrateLedger } from './migrate-ledger.ts';
export { readMarker, renameEnvironment, requireEnvironment, setEnvironment, type Marker } from './environment-marker.ts';
export {
  beginRun,
  closeDeadRuns,
  finishRun,
  recentRuns,
  type Effect,
  type Outcome,
  type RecordedRun,
  type RunIntent,
  type RunOutcome,
} from './run.ts';
export { describeHolder, withDomainLock, type LockHolder, type LockWait } from './domain-lock.ts';
