import { defineConfig } from 'vitest/config';
import postgres from './vitest.postgres.ts';

if (process.env['OPS_TEST_SERVER'] === undefined)
  throw new Error('OPS_TEST_SERVER is missing: the directory of a PostgreSQL with bin/, as /usr/lib/postgresql/15');

// A cluster that somebody named for the other tests would be tested twice.
delete process.env['OPS_TEST_DATABASE_URL'];

/** The same tests, on a server that is not the embedded one (see test-cluster.ts). */
export default defineConfig({
  test: {
    ...postgres.test,
    reporters: ['default', ['json', { outputFile: 'test-report.distribution.json' }]],
  },
});
