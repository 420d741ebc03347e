import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, followProcess } from '@opsgraph/testing/follow-process';
import { afterEach, beforeEach, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '..', 'launch.mjs');
/** Needs the configuration, and none of its sections. */
const task = join(import.meta.dirname, 'fixtures', 'secretive.ts');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'opsgraph-sections-'));
  mkdirSync(join(root, 'config'));
});
afterEach(() => rmSync(root, { recursive: true }));

function run(config: string): Promise<Ended> {
  writeFileSync(join(root, 'config', 'local.ts'), `export default { ${config} };\n`);
  const env = { PATH: process.env['PATH'], OPS_ROOT: root, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  return followProcess(spawn(process.execPath, [launcher, task], { env, stdio: ['ignore', 'pipe', 'pipe'] })).ended;
}

it('a task runs though a section is wrong that it does not read, and says once who tells more', async () => {
  const { code, stderr } = await run('accounts: { lifetime: 3 }, deployment: { root: 1 }');
  expect(code, stderr).toBe(0);
  expect(stderr.match(/pnpm --filter setup run doctor --env local/g)).toHaveLength(1);
  expect((await run('')).stderr).not.toContain('doctor');
});

it('a task refuses what is wrong in what every task reads', async () => {
  expect(await run('logs: { keep: 0 }')).toMatchObject({ code: 78, stderr: expect.stringContaining('logs.keep') });
});
