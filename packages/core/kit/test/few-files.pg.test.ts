import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const probed = useProbed();
const launcher = join(import.meta.dirname, '..', 'launch.mjs');

// Wherever the last file is used up: loading, the log, the configuration, the connection, a child process.
it('a limit of open files is told as that, and is no bug in the task', () => {
  const ends = [22, 23, 24, 25, 26, 28, 40].map((files) => {
    const { root, database } = probed.project;
    const command = `ulimit -n ${files}; exec "$0" "$@"`;
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, launcher, probe, '--do', 'insert'], {
      cwd: root,
      env: { PATH: process.env['PATH'], OPS_ROOT: root, DATABASE_URL: database.url.reveal() },
      encoding: 'utf8',
    });
    return { files, status, stderr };
  });
  const failed = ends.filter(({ status }) => status !== 0);
  expect(failed).not.toEqual([]);
  for (const end of failed)
    expect(end).toMatchObject({
      status: 74,
      stderr: expect.stringMatching(/^(?:▸.*\n)?✖ .*EMFILE.*\n {2}→ .*ulimit -n/),
    });
  expect(ends.at(-1)).toMatchObject({ status: 0 });
});
