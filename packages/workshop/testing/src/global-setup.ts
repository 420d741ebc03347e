import { withSession } from '@opsgraph/postgres';
import { secretUrl } from '@opsgraph/secrets';
import { settingsFor } from './database.ts';
import { startTestCluster } from './test-cluster.ts';

/** A cluster for this test run, unless OPS_TEST_DATABASE_URL names one. Returns how to take it away. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const isGiven = process.env['OPS_TEST_DATABASE_URL'] !== undefined;
  const cluster = isGiven ? undefined : await startTestCluster();
  if (cluster !== undefined) process.env['OPS_TEST_DATABASE_URL'] = cluster.url.reveal();
  const url = secretUrl('OPS_TEST_DATABASE_URL', process.env['OPS_TEST_DATABASE_URL']!);
  await withSession(settingsFor(url), async ({ server }) => {
    process.env['OPS_TEST_SERVER_VERSION'] = String(server.version);
  });
  if (cluster === undefined) return undefined;
  return async () => {
    delete process.env['OPS_TEST_DATABASE_URL'];
    await cluster.remove();
  };
}
