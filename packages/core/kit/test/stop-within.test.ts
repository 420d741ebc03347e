import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followProcess } from '@opsgraph/testing/follow-process';
import { expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '..', 'launch.mjs');
const stubborn = join(import.meta.dirname, 'fixtures', 'stubborn.ts');

it('a task is abandoned after the time that its definition gives it to stop', async () => {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-stop-'));
  mkdirSync(join(root, 'config'));
  writeFileSync(join(root, 'config', 'local.ts'), 'export default {};\n');
  const env = { PATH: process.env['PATH'], OPS_ROOT: root };
  const task = followProcess(spawn(process.execPath, [launcher, stubborn], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  await task.shows('waiting');
  const sent = performance.now();
  task.child.kill('SIGTERM');
  expect(await task.ended).toMatchObject({ code: 143, stderr: expect.stringContaining('interrupted') });
  expect(performance.now() - sent).toBeGreaterThan(450);
  expect(performance.now() - sent).toBeLessThan(5000);
  rmSync(root, { recursive: true });
});
