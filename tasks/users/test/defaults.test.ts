import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultServiceTables } from '@opsgraph/accounts';
import { type Environment, loadEnvironment } from '@opsgraph/config';
import { beforeAll, expect, it } from 'vitest';

let environment: Environment;
beforeAll(async () => {
  using project = mkdtempDisposableSync(join(tmpdir(), 'opsgraph-project-'));
  mkdirSync(join(project.path, 'config'));
  writeFileSync(join(project.path, 'config', 'local.ts'), 'export default {};\n');
  const env = { DATABASE_URL: 'postgres://a:b@c/d' };
  ({ environment } = await loadEnvironment({ root: project.path, name: 'local', env }));
});

it('has as defaults of the configuration the tables that a backend finds without one', () => {
  expect(environment.accounts.services).toEqual(defaultServiceTables);
});

it("asks of passwords what OWASP's cheat sheet asks of argon2id", () => {
  expect(environment.accounts.password).toEqual({ minimumLength: 12, memory: 19_456, passes: 2, parallelism: 1 });
});
