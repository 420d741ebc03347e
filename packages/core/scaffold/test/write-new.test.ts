import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newDomain, newEnvironment, newTask, type ScaffoldInput } from '../src/index.ts';

let input: ScaffoldInput;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-scaffold-'));
  for (const folder of ['config', 'tasks/db', 'packages/base/errors'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'config/staging.ts'), 'export default {};\n');
  writeFileSync(join(root, 'tasks/db/package.json'), '{ "name": "db" }');
  writeFileSync(join(root, 'packages/base/errors/package.json'), '{ "name": "@opsgraph/errors" }');
  input = { root, env: {}, dryRun: true, signal: new AbortController().signal, info: () => {} };
});
afterEach(() => rmSync(input.root, { recursive: true }));

const refusal = (code: string, exitCode: number) => expect.objectContaining({ code, exitCode });

it('a dry run names the files and writes none', async () => {
  const { written } = await newDomain(input, { name: 'billing' });
  expect(written).toHaveLength(8);
  for (const path of written) expect(existsSync(join(input.root, path)), path).toBe(false);
  expect((await newEnvironment(input, { name: 'qa', sandbox: true })).written).toEqual(['config/qa.ts']);
  expect((await newTask(input, { domain: 'db', name: 'analyze', effect: 'write' })).written).toEqual([
    'tasks/db/analyze.ts',
    'tasks/db/test/analyze.pg.test.ts',
  ]);
});

it('what is there with other content is refused, and all of it named', async () => {
  writeFileSync(join(input.root, 'config/qa.ts'), 'export default { sandbox: true };\n');
  await expect(newEnvironment(input, { name: 'qa', sandbox: false })).rejects.toEqual(refusal('SCAFFOLD_EXISTS', 77));
  expect(readFileSync(join(input.root, 'config/qa.ts'), 'utf8')).toBe('export default { sandbox: true };\n');
});

describe('a name is refused', () => {
  it.each(['', 'Billing', '-x', 'a_b', '../db', 'a b', 'errors', 'backfill', 'test', 'x'.repeat(41), 'ümlaut', 'a--b'])(
    'for a domain: %j',
    (name) => expect(newDomain(input, { name })).rejects.toEqual(refusal('NAME_INVALID', 64)),
  );

  it.each(['application', '../x', 'Production', 'a.b'])('for an environment: %j', (name) =>
    expect(newEnvironment(input, { name, sandbox: false })).rejects.toEqual(refusal('NAME_INVALID', 64)),
  );

  it('for a sandbox: production', () =>
    expect(newEnvironment(input, { name: 'production', sandbox: true })).rejects.toEqual(refusal('NAME_INVALID', 64)));

  it.each(['deploy', 'test', 'staging', 'a:b', 'x.ts'])('for a task: %j', (name) =>
    expect(newTask(input, { domain: 'db', name, effect: 'read' })).rejects.toEqual(refusal('NAME_INVALID', 64)),
  );

  it.each(['nonesuch', '../db', ''])('for the domain of a task: %j', (domain) =>
    expect(newTask(input, { domain, name: 'x', effect: 'read' })).rejects.toEqual(refusal('DOMAIN_UNKNOWN', 64)),
  );
});
