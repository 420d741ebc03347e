import { randomBytes } from 'node:crypto';
import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';
import { type Secret, secretUrl } from '@opsgraph/secrets';

export interface TestDatabase {
  name: string;
  url: Secret;
  /** Opens a session on it; `settings` override the defaults. */
  session<T>(work: (session: Session) => Promise<T>, settings?: Partial<ConnectionSettings>): Promise<T>;
  drop(): Promise<void>;
}

/**
 * A new empty database on the cluster of this test run (see global-setup.ts).
 * Each test file makes its own and drops it: no order between tests.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const cluster = secretUrl('OPS_TEST_DATABASE_URL', clusterUrl());
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withSession(settingsFor(cluster), (admin) => admin.execute(`CREATE DATABASE ${name}`));
  const own = new URL(cluster.reveal());
  own.pathname = `/${name}`;
  const url = secretUrl('OPS_TEST_DATABASE_URL', own.href);
  return {
    name,
    url,
    session: (work, settings) => withSession({ ...settingsFor(url), ...settings }, work),
    drop: async () => {
      await withSession(settingsFor(cluster), (admin) => admin.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

function clusterUrl(): string {
  const url = process.env['OPS_TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error(
      'no test cluster: name packages/workshop/testing/src/global-setup.ts as globalSetup in vitest.config.ts',
    );
  return url;
}

/** How tests connect. */
export function settingsFor(url: Secret): ConnectionSettings {
  return {
    url,
    applicationName: 'opsgraph test',
    lockTimeout: 10_000,
    statementTimeout: 120_000,
    connectTimeout: 10_000,
  };
}
