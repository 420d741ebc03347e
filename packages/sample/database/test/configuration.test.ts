import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { loadApplication, loadEnvironment, projectRoot } from '@opsgraph/config';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = projectRoot({});
const sample = join(import.meta.dirname, '..');
let root: string;

// A copy of the files alone: what a developer keeps in config/.env.* must not decide a test.
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'opsgraph-config-'));
  mkdirSync(join(root, 'config'));
  for (const name of ['local', 'staging', 'production', 'application'])
    cpSync(join(repository, 'config', `${name}.ts`), join(root, 'config', `${name}.ts`));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A path of the copy, in this repository. */
const here = (path: string): string => join(repository, relative(root, path));

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
  await expect(loadEnvironment({ root, name: 'production', env: {} })).rejects.toMatchObject({
    exitCode: 78,
    problems: [expect.stringMatching(/^database\.url: missing; .*DATABASE_URL.*config\/\.env\.production/)],
  });
  const env = { DATABASE_URL: 'postgres://ana:tr0ub4dor@db.example:5432/simulations' };
  const { environment } = await loadEnvironment({ root, name: 'production', env });
  expect(environment).toMatchObject({ sandbox: false, database: { embedded: undefined } });
});

it('names the places of the sample in every environment, and in what is deployed', async () => {
  const env = { DATABASE_URL: 'postgres://a:b@c/d' };
  for (const name of ['local', 'staging', 'production']) {
    const { environment } = await loadEnvironment({ root, name, env });
    const { backfills, migrations, seeds } = environment;
    const places = [...migrations.directories, migrations.schemaFile, backfills.directory, seeds.directory];
    expect(places.map(here)).toEqual(
      ['migrations', 'schema.sql', 'backfills', 'seeds'].map((path) => join(sample, path)),
    );
    for (const place of places) expect(existsSync(here(place)), place).toBe(true);
  }
  const { directory, migrations } = await loadApplication(root);
  expect([directory, ...migrations].map(here)).toEqual([join(sample, '..', 'service'), join(sample, 'migrations')]);
});
