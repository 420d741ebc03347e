import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const probed = useProbed();

it('a write removes old runs from the ledger in passing, once an hour; a read never does', async () => {
  const { project } = probed;
  const mark = join(project.root, '.ops', 'logs', '.swept');
  const old = (): Promise<unknown[]> =>
    project.database.session((session) => session.query("SELECT id FROM ops.run WHERE task = 'monitoring:check'"));
  project.write('config/local.ts', "export default { logs: { keep: 1, age: '1h' } };\n");
  await project.database.session((session) =>
    session.execute(
      `INSERT INTO ops.run (id, domain, task, effect, dry_run, environment, arguments, actor, host, started_at, outcome)
       SELECT 'old ' || n, 'monitoring', 'monitoring:check', 'read', false, 'local', '{}', 'ana', 'web-1', now() - n * interval '1 day', 'ok'
       FROM generate_series(1, 3) n`,
    ),
  );
  rmSync(mark, { force: true });
  expect(await project.run(probe, ['--do', 'nothing', '--dry-run'])).toMatchObject({ code: 0 });
  expect([existsSync(mark), (await old()).length]).toEqual([true, 3]);
  // Within the hour it is not looked at again.
  expect(await project.run(probe, ['--do', 'nothing'])).toMatchObject({ code: 0 });
  expect(await old()).toHaveLength(3);
  rmSync(mark);
  expect(await project.run(probe, ['--do', 'nothing'])).toMatchObject({ code: 0 });
  expect(await old()).toEqual([{ id: 'old 1' }]);
});
