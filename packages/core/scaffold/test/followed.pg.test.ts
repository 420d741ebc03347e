import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { root, toolPath } from '@opsgraph/toolchain/turbo';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

// An install, and the tests of what was made, each with a PostgreSQL of its own.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 600_000 });

let copy: string;
const env = (): Record<string, string | undefined> => {
  const own = [join(copy, 'node_modules', '.bin'), join(copy, 'packages/core/toolchain/node_modules/.bin')];
  return { HOME: process.env['HOME'], PATH: [...own, toolPath(process.env['PATH'])].join(delimiter) };
};

beforeAll(() => {
  copy = join(mkdtempSync(join(realpathSync(tmpdir()), 'opsgraph-copy-')), 'project');
  const isLeftOut = (path: string): boolean =>
    /^(node_modules|\.git|\.ops|\.turbo|\.env\.(?!example).*|test-report.*)$/.test(basename(path));
  cpSync(root, copy, { recursive: true, filter: (path) => path === root || !isLeftOut(path) });
  execFileSync('git', ['init', '--quiet', copy]);
  run('pnpm install --frozen-lockfile --prefer-offline');
});
afterAll(() => rmSync(join(copy, '..'), { recursive: true, force: true }));

function run(line: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: copy, env: env(), encoding: 'utf8' });
  expect(status, `${line}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** The code blocks of a section, in their order. */
function blocksOf(heading: string): { language: string; text: string }[] {
  const page = readFileSync(join(root, 'docs', 'CONTRIBUTING.md'), 'utf8');
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```(sh|ts)\n(.*?)^```/gms)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));
}

/** Does what the section says, to the letter: commands are run, and a file is written that its first line names. */
function follow(heading: string): void {
  const blocks = blocksOf(heading);
  expect(blocks.length).toBeGreaterThan(0);
  for (const { language, text } of blocks) {
    if (language === 'ts') {
      const [, path, content] = /^\/\/ (\S+)\n(.*)$/s.exec(text)!;
      writeFileSync(join(copy, path!), content!);
    } else for (const line of text.trim().split('\n')) run(line);
  }
}

const isLive = (text: string): void => {
  expect(run('ops list')).toContain(text);
};

it('a task, a domain and an environment are added as the page says, and every check agrees', () => {
  follow('Adding a domain');
  isLive('Show what the tasks of billing did lately');
  follow('Adding an environment');
  expect(readFileSync(join(copy, 'tasks/billing/package.json'), 'utf8')).toContain('task status.ts --env acceptance');
  expect(readFileSync(join(copy, 'tasks/deployment/turbo.json'), 'utf8')).toContain('"migration#migrate:acceptance"');
  follow('Adding a task');
  isLive('Refresh the statistics of the planner');

  for (const check of ['tsc --noEmit', 'biome check --error-on-warnings', 'turbo boundaries', 'pnpm run unused'])
    run(check);
  run('node packages/core/catalogue/generate.ts --check');
  run('pnpm --filter @opsgraph/catalogue run test test/contract');

  // Once more is the same as once; a file that somebody has edited is not written over.
  expect(run('ops new domain billing')).toBe('every file is there already\n');
  const edited = join(copy, 'tasks/billing/status.ts');
  writeFileSync(edited, `${readFileSync(edited, 'utf8')}// edited\n`);
  const refused = spawnSync('ops', ['new', 'domain', 'billing'], { cwd: copy, env: env(), encoding: 'utf8' });
  expect(refused).toMatchObject({ status: 77, stderr: expect.stringContaining('tasks/billing/status.ts') });
  expect(readFileSync(edited, 'utf8')).toContain('// edited');

  // An environment goes as it came.
  rmSync(join(copy, 'config/acceptance.ts'));
  run('pnpm generate');
  for (const domain of ['db', 'deployment', 'migration', 'setup', 'users'])
    expect(readFileSync(join(copy, 'tasks', domain, 'package.json'), 'utf8')).not.toContain('acceptance');
  expect(existsSync(join(copy, 'tasks/db/analyze.ts'))).toBe(true);
});
