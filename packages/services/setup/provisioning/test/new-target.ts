import { randomBytes } from 'node:crypto';
import { findChapters } from '@opsgraph/ledger';
import { Secret, secretUrl } from '@opsgraph/secrets';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ProvisioningInput } from '../src/index.ts';

export let cluster: TestDatabase;
beforeAll(async () => {
  cluster = await createTestDatabase();
});
afterAll(() => cluster.drop());

/** Of every domain, as setup asks for them. */
export const chapters = await findChapters();

const made: string[] = [];
afterEach(async () => {
  await cluster.session(async (admin) => {
    for (const name of made.splice(0)) {
      await admin.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      for (const role of [`${name}_owner`, `${name}_app`]) await admin.execute(`DROP ROLE IF EXISTS ${role}`);
    }
  });
});

/** A target that does not exist yet: its own database, owner and service role. */
export function newTarget(change: Partial<ProvisioningInput> = {}): ProvisioningInput & { name: string } {
  const name = `prov_${randomBytes(5).toString('hex')}`;
  made.push(name);
  const url = new URL(cluster.url.reveal());
  url.username = `${name}_owner`;
  url.password = randomBytes(9).toString('hex');
  url.pathname = `/${name}`;
  return {
    name,
    target: {
      url: secretUrl('DATABASE_URL', url.href),
      applicationName: 'test',
      lockTimeout: 5000,
      statementTimeout: 20_000,
      connectTimeout: 5000,
    },
    adminUrl: cluster.url,
    app: { name: `${name}_app`, password: new Secret('DATABASE_APP_PASSWORD', randomBytes(9).toString('hex')) },
    mayResetPasswords: false,
    ownerMakesDatabases: false,
    environment: 'local',
    chapters,
    by: 'test',
    ...change,
  };
}

export function asApp(input: ProvisioningInput): ProvisioningInput['target'] {
  const url = new URL(input.target.url.reveal());
  url.username = input.app!.name;
  url.password = input.app!.password.reveal();
  return { ...input.target, url: secretUrl('DATABASE_URL', url.href) };
}
