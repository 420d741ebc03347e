import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listKeys } from '../src/declare/list-keys.ts';
import { environmentNames, loadEnvironment, projectRoot } from '../src/index.ts';
import { configurationReference, environmentExample, environmentVariables } from '../src/reference/index.ts';
import { keyTable } from '../src/sections/index.ts';
import { refusal } from './expect-refusal.ts';
import { temporaryProject, url } from './temporary-project.ts';

const here = projectRoot({});
let root: string;

// A copy of the files alone: what a developer keeps in config/.env.* must not decide a test.
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'opsgraph-config-'));
  for (const name of environmentNames(here))
    await cp(join(here, 'config', `${name}.ts`), join(root, 'config', `${name}.ts`));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('works out of the box in local and staging, as sandboxes with a database each', async () => {
  const databases = [];
  for (const name of ['local', 'staging']) {
    const { environment } = await loadEnvironment({ root, name, env: {} });
    expect(environment.sandbox).toBe(true);
    databases.push(environment.database.embedded?.database);
  }
  expect(databases).toEqual(['simulations', 'simulations_staging']);
});

it('refuses production until it is configured, and says what is missing', async () => {
  const error = await refusal(() => loadEnvironment({ root, name: 'production', env: {} }));
  expect(error.exitCode).toBe(78);
  expect(error.problems).toEqual([
    expect.stringMatching(/^database\.url: missing; .*DATABASE_URL.*config\/\.env\.production/),
  ]);
  const { environment } = await loadEnvironment({ root, name: 'production', env: { DATABASE_URL: url } });
  expect(environment).toMatchObject({ sandbox: false, database: { embedded: undefined } });
});

it('has every variable of every key in config/.env.example, and the file is up to date', () => {
  const text = readFileSync(join(here, 'config/.env.example'), 'utf8');
  expect(text).toBe(environmentExample());
  for (const { spec } of listKeys(keyTable))
    if (spec.variable !== undefined) expect(text).toContain(`\n#${spec.variable}=\n`);
});

it('describes every key in the reference, and each so that one can use it', () => {
  const reference = configurationReference({});
  for (const { key, spec } of listKeys(keyTable)) {
    expect(reference).toContain(`\n| \`${key}\` |`);
    expect(spec.description, key).toMatch(/^[A-Za-z].{10,120}[^.]$/);
  }
});

it('lists every variable a task may read, also those a config file refers to', async () => {
  await using project = await temporaryProject({
    'config/local.ts': `export default { database: { url: 'env:OUR_URL', adminUrl: "env:OUR_ADMIN" } };`,
  });
  const variables = environmentVariables(project.root);
  expect(variables).toEqual([...variables].sort());
  expect(variables).toEqual(
    expect.arrayContaining([
      'CI',
      'DATABASE_URL',
      'FORCE_COLOR',
      'NO_COLOR',
      'OPS_CONFIRM',
      'OPS_ENV',
      'OPS_ROOT',
      'OPS_STATE_DIR',
      'OUR_ADMIN',
      'OUR_URL',
    ]),
  );
});
