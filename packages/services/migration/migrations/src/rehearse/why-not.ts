import { sqlState } from '@opsgraph/postgres';
/** The rehearsal has held locks for as long as it may. */
export class OutOfTime extends Error {}

/** active_sql_transaction, invalid_transaction_termination: the statement wants no transaction around it. */
export function isRefusal(error: unknown): boolean {
  return ['25001', '2D000'].includes(sqlState(error));
}

/** lock_not_available, deadlock_detected: another session was there first. */
export function isBusy(error: unknown): boolean {
  return ['55P03', '40P01'].includes(sqlState(error));
}

/** unsafe_new_enum_value_usage, object_in_use (pending trigger events): of statements whose transactions were made one. */
export function isMergeTrouble(error: unknown): boolean {
  return ['55P04', '55006'].includes(sqlState(error));
}
