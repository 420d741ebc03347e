import { sampleServiceTables } from '@opsgraph/accounts';
import { loadEnvironment, projectRoot } from '@opsgraph/config';
import { expect, it } from 'vitest';

it('has as defaults of the configuration the tables that a backend finds without one', async () => {
  const place = { root: projectRoot({}), name: 'local', env: {} };
  const { environment } = await loadEnvironment(place);
  expect(environment.accounts.services).toEqual(sampleServiceTables);
});

it("asks of passwords what OWASP's cheat sheet asks of argon2id", async () => {
  const { environment } = await loadEnvironment({
    root: projectRoot({}),
    name: 'production',
    env: { DATABASE_URL: 'postgres://a:b@c/d' },
  });
  expect(environment.accounts.password).toEqual({ minimumLength: 12, memory: 19_456, passes: 2, parallelism: 1 });
});
