import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installing } from '../install.mjs';
import { pnpmBin, root } from '../turbo.mjs';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

it('pnpm 12 can read the lock file: systems are lists, though pnpm 10 keeps what a package wrote', () => {
  expect(read('pnpm-lock.yaml').match(/^ {4}(cpu|os|libc): \w.*$/gm)).toBeNull();
});

it('pnpm 12 does not look for the pinned pnpm, and knows which packages may build', () => {
  const settings = read('pnpm-workspace.yaml');
  expect(settings).toMatch(/^pmOnFail: ignore$/m);
  expect(settings).toMatch(/^allowBuilds:$/m);
  // An error there.
  expect(settings).not.toContain('onlyBuiltDependencies');
});

describe('a workspace of two packages', () => {
  let workspace: string;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'opsgraph-pnpm-'));
    const a = { name: 'a', private: true, scripts: { task: 'echo task ran' }, dependencies: { b: 'workspace:*' } };
    for (const [name, content] of Object.entries({ a, b: { name: 'b', version: '1.0.0' } })) {
      mkdirSync(join(workspace, 'tasks', name), { recursive: true });
      writeFileSync(join(workspace, 'tasks', name, 'package.json'), JSON.stringify(content));
    }
    writeFileSync(join(workspace, 'package.json'), JSON.stringify({ name: 'root', private: true }));
    writeFileSync(join(workspace, 'pnpm-workspace.yaml'), read('pnpm-workspace.yaml'));
  });
  afterEach(() => rmSync(workspace, { recursive: true }));

  const run = (program: string, words: readonly string[]) => {
    const env = { PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}`, HOME: workspace };
    return spawnSync(program, words, { cwd: workspace, encoding: 'utf8', env });
  };
  const native = join(pnpmBin, 'pnpm');

  it('is not installed by starting a script: a task hands its secrets to no install script', () => {
    expect(run(native, ['--filter', 'a', 'run', 'task']).stdout).toContain('task ran');
    const files = ['pnpm-lock.yaml', 'node_modules/.modules.yaml', 'tasks/a/node_modules'];
    expect(files.filter((name) => existsSync(join(workspace, name)))).toEqual([]);
  });

  it('is installed by npm start also after another major of pnpm did it', () => {
    expect(run(native, ['install', '--no-frozen-lockfile'])).toMatchObject({ status: 0 });
    const pinned = join(root, 'packages/core/toolchain/node_modules/pnpm/bin/pnpm.cjs');
    expect(run('node', [pinned, ...installing])).toMatchObject({ status: 0 });
  });
});

it('pnpm is pinned by the hash of the very version that the lock file has', () => {
  const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string };
  const [, version, hash] = /^pnpm@([\d.]+)\+sha512\.([0-9a-f]{128})$/.exec(packageManager) ?? [];
  const integrity = new RegExp(`^  pnpm@${version}:\\n    resolution: \\{integrity: sha512-(\\S+)\\}`, 'm');
  const locked = integrity.exec(read('pnpm-lock.yaml'))?.[1] ?? '';
  expect(hash).toBe(Buffer.from(locked, 'base64').toString('hex'));
});

it('CI may only read the repository, and runs actions by their commit', () => {
  const workflow = read('.github/workflows/ci.yml');
  const actions = [...workflow.matchAll(/uses: (.*)$/gm)].map(([, action]) => action!);
  expect(actions).not.toEqual([]);
  for (const action of actions) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(workflow).toMatch(/^permissions:\n {2}contents: read\n\n/m);
});
