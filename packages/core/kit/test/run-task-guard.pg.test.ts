import { join } from 'node:path';
import { withDomainLock } from '@opsgraph/ledger';
import { describe, expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const destroy = join(import.meta.dirname, 'fixtures', 'destroy.ts');

const probed = useProbed();

describe('the guard', () => {
  it('refuses a target that is another environment, before touching it', async () => {
    const { code, stderr } = await probed.project.run(probe, ['--env', 'other', '--do', 'insert']);
    expect(code).toBe(77);
    expect(stderr).toContain('is "local", the configuration is "other"');
    expect([await probed.rows(), await probed.runs()]).toEqual([[], []]);
  });

  it('refuses an unknown environment, and names those there are', async () => {
    expect(await probed.project.run(probe, ['--env', 'othr'])).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/other/),
    });
    expect(await probed.project.run(probe, [], { OPS_ENV: 'nope' })).toMatchObject({ code: 78 });
  });

  it('wants the environment named once more before it destroys outside local', async () => {
    await probed.project.database.session((session) =>
      session.execute("UPDATE ops.environment SET name = 'other'; INSERT INTO probe VALUES ('kept')"),
    );
    expect(await probed.project.run(destroy, ['--env', 'other'])).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('--confirm other'),
    });
    expect(await probed.project.run(destroy, ['--env', 'other'], { OPS_CONFIRM: '' })).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('was not confirmed'),
    });
    expect(await probed.project.run(destroy, ['--env', 'other', '--confirm', 'local'])).toMatchObject({ code: 77 });
    expect(await probed.rows()).toEqual([{ text: 'kept' }]);
    expect(await probed.project.run(destroy, ['--env', 'other'], { OPS_CONFIRM: 'other' })).toMatchObject({ code: 0 });
    expect(await probed.rows()).toEqual([]);
    const tried = await probed.project.run(destroy, ['--env', 'other', '--dry-run']);
    expect(tried).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('without --dry-run it asks for --confirm other'),
    });
    await probed.project.database.session((session) => session.execute("UPDATE ops.environment SET name = 'local'"));
  });

  it('needs no confirmation in local', async () => {
    expect(await probed.project.run(destroy)).toMatchObject({ code: 0 });
  });

  it('waits for the lock no longer than it was told, and names the holder', async () => {
    await probed.project.database.session((session) =>
      withDomainLock(session, 'db', { wait: 0 }, async () => {
        const { code, stderr } = await probed.project.run(probe, ['--lock-wait', '300ms']);
        expect([code, stderr]).toEqual([75, expect.stringMatching(/lock of db is held by .* since 20/)]);
      }),
    );
  });

  it('refuses a target that became another environment while the task waited for the lock', async () => {
    const rename = (name: string) =>
      probed.project.database.session((session) => session.execute('UPDATE ops.environment SET name = $1', [name]));
    try {
      const waiting = await probed.project.database.session((session) =>
        withDomainLock(session, 'db', { wait: 0 }, async () => {
          const task = probed.project.start(probe, ['--do', 'insert', '--lock-wait', '30s']);
          await task.shows('waiting for the lock');
          await rename('other');
          return task;
        }),
      );
      expect(await waiting.ended).toMatchObject({ code: 77, stderr: expect.stringContaining('is "other"') });
      expect([await probed.rows(), await probed.runs()]).toEqual([[], []]);
    } finally {
      await rename('local');
    }
  });

  it('lets sixteen at once through one after the other', async () => {
    const all = await Promise.all(
      Array.from({ length: 16 }, () => probed.project.run(probe, ['--do', 'insert', '--quiet'])),
    );
    expect(all.map(({ code }) => code)).toEqual(Array(16).fill(0));
    expect(await probed.rows()).toHaveLength(16);
  });
});
