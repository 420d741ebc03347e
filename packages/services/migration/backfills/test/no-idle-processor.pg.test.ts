import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject, type Project } from './project.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.remove());

it('batches do not come to nothing where every question waits for a processor', async () => {
  await project.query(
    'CREATE TABLE t (id int PRIMARY KEY, times int); INSERT INTO t SELECT generate_series(1, 1000000)',
  );
  await project.define('busy', "table: 't', key: 'id', rows: 'times IS NULL', set: 'times = 1', done: 'no-row-left'");
  const others = Array.from({ length: 3 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(new Error('enough')), 6000);
  try {
    await project.run({ batchTime: 1, load: 100 }, enough.signal).catch((error: unknown) => {
      if (!enough.signal.aborted) throw error;
    });
  } finally {
    clearTimeout(timer);
    for (const other of others) other.kill('SIGKILL');
  }
  const [row] = await project.query('SELECT visited / greatest(batches, 1) AS rows FROM ops.backfill');
  expect(row!['rows']).toBeGreaterThan(100);
});
