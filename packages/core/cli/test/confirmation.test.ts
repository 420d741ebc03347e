import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createWorkspace, type Workspace } from './workspace.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What must be confirmed is decided by options, configuration and the target's former name. */
const scripts = {
  settle: 'task settle.ts',
  'settle:other': 'task settle.ts --env other --hard',
  'settle:local': 'task settle.ts --env local --hard --from other',
};
const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
  const alpha = join(workspace.root, 'tasks', 'alpha');
  cpSync(join(import.meta.dirname, 'fixtures', 'settle.ts'), join(alpha, 'settle.ts'));
  add(join(alpha, 'package.json'), 'scripts', scripts);
  const nodes = Object.keys(scripts).map((name) => [name, { cache: false }]);
  add(join(alpha, 'turbo.json'), 'tasks', Object.fromEntries(nodes));
  writeFileSync(join(workspace.root, 'config', 'tryout.ts'), 'export default { sandbox: true };\n');
});
afterAll(() => workspace.remove());

function add(file: string, key: string, more: object): void {
  const document = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...document, [key]: { ...document[key], ...more } }));
}

it.each([
  ['by its configuration', 'settle', ['--env', 'other'], 'this changes other'],
  ['by its options', 'settle:other', [], 'this takes something away from other'],
  ['by what its target may still be, though it is for local', 'settle:local', [], 'takes something away from other'],
])('is an act that is severe %s, and was not confirmed', async (_how, task, args, message) => {
  const before = workspace.audit().length;
  for (const confirm of [[], ['--confirm', 'local']]) {
    const end = await workspace.run(['run', task, ...args, ...confirm], env);
    expect(end, end.stderr).toMatchObject({ code: 77, stdout: '' });
    expect(end.stderr).toContain(confirm.length === 0 ? message : 'was confirmed for "local"');
    expect(end.stderr).toContain('add --confirm other');
  }
  expect(workspace.audit().length).toBe(before);
  expect(await workspace.run(['run', task, ...args, '--confirm', 'other', '--dry-run'], env)).toMatchObject({
    code: 0,
  });
  const { stdout } = await workspace.run(['run', task, ...args, '--confirm', 'other'], env);
  expect(stdout).not.toContain('NOT_CONFIRMED');
  expect(workspace.audit().length).toBeGreaterThan(before);
});

it('is no question for a sandbox that is changed', async () => {
  const { code, stdout, stderr } = await workspace.run(['run', 'settle', '--env', 'tryout'], env);
  expect(code, stdout + stderr).toBe(0);
});
