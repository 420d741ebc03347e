import { join } from 'node:path';
import { createTestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTaskProject, type TaskProject } from '../testing/index.ts';

const ownLock = join(import.meta.dirname, 'fixtures', 'own-lock.ts');
const probe = join(import.meta.dirname, 'fixtures', 'probe.ts');

let project: TaskProject;
beforeAll(async () => {
  project = await createTaskProject({ prepare: (session) => session.execute('CREATE TABLE probe (text text)') });
});
afterAll(() => project.remove());

it('a task with a lock of its own keeps its likes waiting, not its domain, which does not take it for dead', async () => {
  const long = project.start(ownLock);
  await long.shows('waiting');
  expect(await project.run(probe, ['--do', 'insert', '--lock-wait', '1s'])).toMatchObject({
    code: 0,
    stderr: expect.not.stringContaining('died'),
  });
  expect(await project.run(ownLock, ['--lock-wait', '100ms'])).toMatchObject({
    code: 75,
    stderr: expect.stringMatching(/lock of backfill is held by db:own-lock/),
  });
  // What with these options only looks waits for nobody.
  expect(await project.run(ownLock, ['--look', '--lock-wait', '100ms'])).toMatchObject({ code: 0 });
  const other = project.start(ownLock, ['--part', 'two']);
  await other.shows('waiting');
  for (const task of [long, other]) task.child.kill('SIGTERM');
  expect(await Promise.all([long.ended, other.ended])).toMatchObject([{ code: 143 }, { code: 143 }]);
  const runs = await project.database.session((session) =>
    session.query('SELECT domain, outcome, duration_ms >= 300 AS "tookTime" FROM ops.run ORDER BY domain, outcome'),
  );
  expect(runs).toMatchObject([
    { domain: 'backfill', outcome: 'interrupted' },
    // Recorded when it had ended, with the time it took.
    { domain: 'backfill', outcome: 'ok', tookTime: true },
    { domain: 'backfill-switch', outcome: 'interrupted' },
    { domain: 'db', outcome: 'changed' },
  ]);
});

it('a write that with these options only looks succeeds where nothing can be written, as on a standby', async () => {
  const database = await createTestDatabase();
  const readOnly = await createTaskProject({ database });
  try {
    const [row] = await database.session((session) =>
      session.query<{ name: string }>('SELECT current_database() AS name'),
    );
    await database.session((session) =>
      session.execute(`ALTER DATABASE "${row!.name}" SET default_transaction_read_only = on`),
    );
    expect(await readOnly.run(ownLock, ['--look'])).toMatchObject({ code: 0 });
    expect(await readOnly.run(ownLock)).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('only allows reading'),
    });
  } finally {
    await readOnly.remove();
  }
});
