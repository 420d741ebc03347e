import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateLedger } from '@opsgraph/ledger';
import { type ConnectionSettings, withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestCluster } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chapter } from '../src/chapter.ts';
import { migrate } from '../src/migrate.ts';

const count = 30;
let cluster: TestCluster;
let directory: string;

beforeAll(async () => {
  // The slowest log writer there is: what nobody waited for is still in memory when the server dies.
  cluster = await startTestCluster({ wal_writer_delay: '10s' });
  directory = await mkdtemp(join(tmpdir(), 'opsgraph-durable-'));
  const name = (index: number): string => `${String(index).padStart(3, '0')}_t.sql`;
  for (let index = 0; index < count; index += 1)
    await writeFile(
      join(directory, name(index)),
      `-- migrate:up\nCREATE TABLE t${index} ();\n-- migrate:down\nDROP TABLE t${index};\n`,
    );
});
afterAll(async () => {
  await cluster.remove();
  await rm(directory, { recursive: true, force: true });
});

it('what migrate said it applied is there after the server died at once', async () => {
  const settings = (): ConnectionSettings => ({
    url: cluster.url,
    applicationName: 'durable',
    lockTimeout: 1000,
    statementTimeout: 10_000,
    connectTimeout: 10_000,
  });
  const death = withSession(settings(), async (session) => {
    await migrateLedger(session, [chapter]);
    const { applied } = await migrate(session, { directories: [directory], projectRoot: directory });
    expect(applied).toHaveLength(count);
    await cluster.stop('immediate');
  });
  await death;
  await cluster.start();
  await withSession(settings(), async (session) => {
    const [row] = await session.query(
      "SELECT (SELECT count(*) FROM ops.migration) AS rows, (SELECT count(*) FROM pg_tables WHERE tablename ~ '^t[0-9]+$') AS tables, current_setting('synchronous_commit') AS waits",
    );
    expect(row).toEqual({ rows: count, tables: count, waits: 'on' });
  });
});
