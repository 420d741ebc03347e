export { createTestDatabase, type TestDatabase } from './database.ts';
export { startTestCluster, type TestCluster } from './test-cluster.ts';
