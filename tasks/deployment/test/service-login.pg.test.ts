import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const rollback = join(import.meta.dirname, '..', 'rollback.ts');
const deployment = (variables: object) => ({
  ...{ hosts: { here: {} }, root: 'hosts', confirm: false, cleanCommit: false },
  service: { run: ['node', 'main.mjs'], ports: [8080], variables },
});

let project: TaskProject;
beforeAll(async () => {
  project = await createTaskProject();
});
afterAll(() => project.remove());

const run = (variables: object, env = {}) => {
  const config = { database: { roles: { app: { name: 'service_app' } } }, deployment: deployment(variables) };
  project.write('config/local.ts', `export default ${JSON.stringify(config)};\n`);
  return project.run(rollback, [], env);
};

it('no service is started without a login of its role, unless it is given another', async () => {
  const missing = { code: 78, stderr: expect.stringMatching(/service_app.*DATABASE_APP_PASSWORD/) };
  expect(await run({})).toMatchObject(missing);
  // These continue, to say that there is no release to go back to.
  const other = { stderr: expect.not.stringContaining('DATABASE_APP_PASSWORD') };
  expect(await run({}, { DATABASE_APP_PASSWORD: 'secret' })).toMatchObject(other);
  expect(await run({ DATABASE_URL: 'postgres://own@here/own' })).toMatchObject(other);
});
