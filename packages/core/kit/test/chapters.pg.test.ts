import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const chaptered = join(import.meta.dirname, 'fixtures', 'chaptered.ts');

const probed = useProbed();
const execute = (sql: string): Promise<number> => probed.project.database.session((session) => session.execute(sql));

beforeEach(async () => {
  await execute("DROP TABLE IF EXISTS ops.note; DELETE FROM ops.chapter_version WHERE chapter = 'notes'");
});

describe('the guard asks for the chapters of a task', () => {
  it('and a read refuses while they are older, with the command that upgrades; other tasks do not', async () => {
    for (const made of ['', "CREATE TABLE ops.note (text text); INSERT INTO ops.chapter_version VALUES ('notes', 1)"]) {
      await execute(made);
      expect(await probed.project.run(chaptered, ['--look'])).toMatchObject({
        code: 78,
        stderr: expect.stringMatching(
          /version [01] of notes, this Opsgraph needs 2\n.*pnpm --filter setup run database --env local/,
        ),
      });
      expect(await probed.project.run(probe, ['--dry-run'])).toMatchObject({ code: 0 });
    }
    expect(await probed.project.run(chaptered)).toMatchObject({ code: 0 });
    expect(await probed.project.run(chaptered, ['--look'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 notes'),
    });
  });

  it('and reads and writes refuse what a later Opsgraph has made of them; other tasks do not', async () => {
    await execute("INSERT INTO ops.chapter_version VALUES ('notes', 3)");
    for (const words of [['--look'], ['--dry-run'], []])
      expect(await probed.project.run(chaptered, words)).toMatchObject({
        code: 77,
        stderr: expect.stringContaining('version 3 of notes, this Opsgraph knows 2'),
      });
    expect(await probed.project.run(probe, ['--do', 'insert'])).toMatchObject({ code: 0 });
  });

  it('and four writes at once make them once', async () => {
    const ends = await Promise.all(Array.from({ length: 4 }, () => probed.project.run(chaptered)));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const notes = await probed.project.database.session((session) => session.query('SELECT text FROM ops.note'));
    expect(notes).toHaveLength(4);
  });
});
