import type { Session } from '@opsgraph/postgres';
import { formatBytes, formatDuration } from '@opsgraph/text';
import type { Sight } from './sight.ts';

/** What makes the work wait; each is the greatest value at which it still runs. */
export interface Limits {
  /** Milliseconds that a replica may be behind. */
  replicaLag: number;
  /** Bytes of WAL that a replica may have to replay. */
  replicaBytes: number;
  /** Segments of WAL that may wait for the archive. */
  walWaiting: number;
  /** Milliseconds that a transaction of the database, or a prepared one, may be open. */
  transactionAge: number;
}

interface Measured {
  laggard: string | null;
  lag: number | null;
  hoarder: string | null;
  bytes: number | null;
  age: number | null;
  holder: string | null;
}

/** Why the next batch should wait: the most delayed replica, the longest transaction, the archive; undefined when nothing speaks against it. */
export async function findReasonToWait(session: Session, limits: Limits, sight: Sight): Promise<string | undefined> {
  const [row] = await session.queryAgain<Measured>(
    `SELECT l.replica AS "laggard", l.lag, b.replica AS "hoarder", b.bytes, t.age, t.holder
     FROM (SELECT) AS one
     LEFT JOIN LATERAL (
       SELECT application_name AS replica, extract(epoch FROM replay_lag)::float8 * 1000::float8 AS lag
       FROM pg_stat_replication WHERE replay_lag IS NOT NULL ORDER BY replay_lag DESC LIMIT 1
     ) AS l ON true
     LEFT JOIN LATERAL (
       -- one that replays nothing reports no time; and a copy of the server that is being made has no place at all
       SELECT application_name AS replica, pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)::float8 AS bytes
       FROM pg_stat_replication WHERE replay_lsn IS NOT NULL ORDER BY replay_lsn LIMIT 1
     ) AS b ON true
     LEFT JOIN LATERAL (
       SELECT extract(epoch FROM pg_catalog.clock_timestamp() - since)::float8 * 1000::float8 AS age, holder
       FROM (SELECT xact_start AS since, 'process ' || pid::text || ' of ' || usename::text || ' (' || application_name || ')' AS holder
             FROM pg_stat_activity WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
               AND backend_type = 'client backend' AND xact_start IS NOT NULL
             UNION ALL
             SELECT prepared, 'prepared transaction ' || gid FROM pg_prepared_xacts WHERE database = pg_catalog.current_database()
            ) AS open ORDER BY since LIMIT 1
     ) AS t ON true`,
  );
  const { laggard, lag, hoarder, bytes, age, holder } = row!;
  if (lag !== null && lag > limits.replicaLag) return `replica ${laggard} is ${formatDuration(lag)} behind`;
  if (bytes !== null && bytes > limits.replicaBytes)
    return `replica ${hoarder} has ${formatBytes(bytes)} of WAL to replay`;
  if (age !== null && age > limits.transactionAge)
    return `a transaction has been open for ${formatDuration(age)}: ${holder}`;
  const waiting = sight.archive ? await countWaitingSegments(session) : 0;
  if (waiting > limits.walWaiting) return `${waiting} WAL segments wait for the archive`;
  return undefined;
}

async function countWaitingSegments(session: Session): Promise<number> {
  const [mode] = await session.queryAgain<{ on: boolean }>(
    `SELECT pg_catalog.current_setting('archive_mode') <> 'off' AS "on"`,
  );
  if (!mode!.on) return 0;
  const [row] = await session.queryAgain<{ waiting: number }>(
    `SELECT count(*) AS waiting FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`,
  );
  return row!.waiting;
}
