/** A cluster for this test run, unless OPS_TEST_DATABASE_URL names one. */
export async function setup(): Promise<void> {
  if (process.env['OPS_TEST_DATABASE_URL'] !== undefined) return;
  throw new Error('not yet');
}
