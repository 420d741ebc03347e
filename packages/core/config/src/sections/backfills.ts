import { duration, group, integer, path } from '../declare/declare.ts';

export const backfills = group('Backfills: data migrations in batches', {
  directory: path({
    description: 'Directory with the definitions',
    default: 'tasks/migration/backfills',
  }),
  batchTime: duration({
    description: 'How long a batch should take: its rows stay locked, and other commits wait for its writes',
    default: '1ms',
  }),
  load: integer({
    description: 'Share of the time spent working, in percent; the rest is left to others',
    default: 5,
    min: 1,
    max: 100,
  }),
  replicaLag: duration({
    description: 'Wait while a replica is further behind than this',
    default: '1500ms',
  }),
  replicaBytes: integer({
    description: 'Wait while a replica has more bytes of WAL to replay than this',
    default: 268_435_456,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
  }),
  walWaiting: integer({
    description: 'Wait while more WAL segments than this wait for the archive',
    default: 10,
    min: 0,
    max: 1_000_000,
  }),
  transactionAge: duration({
    description: 'Wait while a transaction is older than this: what a batch leaves behind cannot be vacuumed',
    default: '10m',
  }),
});
