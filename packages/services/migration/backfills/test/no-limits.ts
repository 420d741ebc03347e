/** Nothing makes a backfill wait but a transaction of the same database that is older than a minute. */
export const noLimits = {
  replicaLag: Number.MAX_SAFE_INTEGER,
  replicaBytes: Number.MAX_SAFE_INTEGER,
  walWaiting: Number.MAX_SAFE_INTEGER,
  transactionAge: 60_000,
};
