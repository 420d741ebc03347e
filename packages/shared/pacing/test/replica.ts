import { until } from '@opsgraph/testing';
import pg from 'pg';

interface Raw {
  connection: { sendCopyFromChunk(chunk: Buffer): void };
}

export interface Replica {
  /** Says once that all there is now has been replayed. */
  replay(): Promise<void>;
  end(): Promise<void>;
}

/**
 * A connection that the server takes for a standby: it has asked for the WAL
 * from here on and says that it has replayed none of it.
 */
export async function openReplica(url: string, name: string): Promise<Replica> {
  const settings = { connectionString: url, application_name: name };
  const plain = new pg.Client(settings);
  await plain.connect();
  const position = async (): Promise<bigint> => {
    const { rows } = await plain.query<{ lsn: string }>("SELECT (pg_current_wal_lsn() - '0/0')::text AS lsn");
    return BigInt(rows[0]!.lsn);
  };
  const started = await position();
  const client = new pg.Client({ ...settings, replication: 'true' } as pg.ClientConfig);
  client.on('error', () => {});
  const { connection } = client as unknown as Raw;
  const opened = new Promise<void>((resolve) => {
    (connection as unknown as NodeJS.EventEmitter).once('replicationStart', () => resolve());
  });
  await client.connect();
  // It never answers: from here on the connection speaks the streaming protocol.
  client.query(`START_REPLICATION PHYSICAL ${lsn(started - (started % 0x1000000n))}`).catch(() => {});
  await opened;
  connection.sendCopyFromChunk(status(started));
  let isEnded = false;
  return {
    async replay() {
      const at = await position();
      connection.sendCopyFromChunk(status(at));
      const sql = 'SELECT FROM pg_stat_replication WHERE application_name = $1 AND replay_lsn >= $2';
      // The server has taken note of it.
      await until(async () => (await plain.query(sql, [name, lsn(at)])).rowCount === 1);
    },
    async end() {
      if (isEnded) return;
      isEnded = true;
      await plain.query('SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE application_name = $1', [
        name,
      ]);
      await plain.end();
      await client.end().catch(() => {});
    },
  };
}

/** "Standby status update" of the streaming replication protocol: written, flushed, replayed, clock, no reply wanted. */
function status(at: bigint): Buffer {
  const message = Buffer.alloc(34);
  message.write('r');
  for (const offset of [1, 9, 17]) message.writeBigUInt64BE(at, offset);
  message.writeBigInt64BE((BigInt(Date.now()) - 946_684_800_000n) * 1000n, 25);
  return message;
}

function lsn(at: bigint): string {
  return `${(at >> 32n).toString(16)}/${(at & 0xffffffffn).toString(16)}`;
}
