import { startTestCluster } from './test-cluster.ts';

/** A cluster for this test run, unless OPS_TEST_DATABASE_URL names one. Returns how to take it away. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['OPS_TEST_DATABASE_URL'] !== undefined) return undefined;
  const cluster = await startTestCluster();
  process.env['OPS_TEST_DATABASE_URL'] = cluster.url.reveal();
  return async () => {
    delete process.env['OPS_TEST_DATABASE_URL'];
    await cluster.remove();
  };
}
