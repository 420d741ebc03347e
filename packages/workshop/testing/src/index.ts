export { createTestDatabase, type TestDatabase } from './database.ts';
export { mulberry32, seededRandom } from './seeded-random.ts';
export { serverVersion, testServerHas } from './server-version.ts';
export { startTestCluster, type TestCluster } from './test-cluster.ts';
export { layTraps } from './traps.ts';
export { until, untilWaiting } from './until.ts';
