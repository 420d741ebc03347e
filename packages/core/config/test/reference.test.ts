import { expect, it } from 'vitest';
import { listKeys } from '../src/declare/list-keys.ts';
import { configurationReference, environmentExample, environmentVariables } from '../src/reference/index.ts';
import { keyTable } from '../src/sections/index.ts';
import { temporaryProject } from './temporary-project.ts';

it('has every variable of every key in config/.env.example', () => {
  const text = environmentExample();
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
