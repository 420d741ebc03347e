import { expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const probed = useProbed();

it('a task whose lock is lost with its connection ends, and leaves nothing beside the next one', async () => {
  const task = probed.project.start(probe, ['--do', 'wait', '--text', 'first']);
  await task.shows('waiting');
  const ended = await probed.project.database.session((session) =>
    session.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'ops db:probe % control'",
    ),
  );
  expect(ended).toHaveLength(1);
  expect(await task.ended).toMatchObject({
    code: 69,
    stderr: expect.stringContaining('the connection that holds the lock was lost'),
  });
  expect(await probed.rows()).toEqual([]);
  await expect.poll(probed.backends).toEqual([]);
  // Nobody could record how it ended: the next one does.
  expect(await probed.runs()).toMatchObject([{ outcome: null }]);
  expect(await probed.project.run(probe, ['--do', 'insert', '--text', 'second'])).toMatchObject({ code: 0 });
  expect(await probed.rows()).toEqual([{ text: 'second' }]);
  expect(await probed.runs()).toMatchObject([
    { outcome: 'interrupted', error: { code: 'DIED' } },
    { outcome: 'changed' },
  ]);
});
