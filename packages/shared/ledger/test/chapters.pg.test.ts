import { describe, expect, it } from 'vitest';
import { migrateLedger, readMarker, requireChapters, requireEnvironment, setEnvironment } from '../src/index.ts';
import { chapterOf, freshDatabase } from './support.ts';

describe('a chapter of the ledger', () => {
  it('is made once when eight start at once, and says by which program', async () => {
    const database = await freshDatabase();
    const steps = await Promise.all(
      Array.from({ length: 8 }, () => database.session((session) => migrateLedger(session, [chapterOf('alpha', 2)]))),
    );
    expect(steps.filter((taken) => taken > 0)).toHaveLength(1);
    const rows = await database.session((session) =>
      session.query(
        "SELECT chapter, version, program FROM ops.chapter_version WHERE chapter = 'alpha' ORDER BY version",
      ),
    );
    expect(rows).toEqual([
      { chapter: 'alpha', version: 1, program: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      { chapter: 'alpha', version: 2, program: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    ]);
  });

  it('comes with the versions that are missing, and with nothing of the others', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session, [chapterOf('alpha', 1), chapterOf('beta', 1)]);
      expect(await migrateLedger(session, [chapterOf('alpha', 3)])).toBe(2);
      await setEnvironment(session, 'local', 'ana');
      expect((await readMarker(session))!.versions).toMatchObject({ alpha: 3, beta: 1 });
    });
  });

  it('leaves nothing when one of its versions fails', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session, [chapterOf('alpha', 1)]);
      const [first, second] = chapterOf('alpha', 2).versions;
      const broken = { name: 'alpha', versions: [first, second!, 'SELECT 1/0'] } as const;
      await expect(migrateLedger(session, [broken])).rejects.toThrow('division by zero');
      await setEnvironment(session, 'local', 'ana');
      expect((await readMarker(session))!.versions['alpha']).toBe(1);
      expect(await migrateLedger(session, [chapterOf('alpha', 2)])).toBe(1);
    });
  });

  it('is asked for by who needs it, and by nobody else', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session, [chapterOf('alpha', 1), chapterOf('beta', 2)]);
      await setEnvironment(session, 'local', 'ana');
      const marker = await requireEnvironment(session, 'local');
      // A column more for alpha, and a chapter that was never made.
      for (const chapter of [chapterOf('alpha', 2), chapterOf('gamma', 1)])
        expect(() => requireChapters(marker, [chapterOf('beta', 2), chapter], 'local')).toThrow(
          expect.objectContaining({
            code: 'LEDGER_OLDER',
            exitCode: 78,
            message: expect.stringContaining(`of ${chapter.name}, this Opsgraph needs ${chapter.versions.length}`),
            hint: 'upgrade it: pnpm --filter setup run database --env local',
          }),
        );
      requireChapters(marker, [chapterOf('beta', 2)], 'local');
    });
  });

  it('of a later Opsgraph is refused to reads and writes of its own tasks, and to no other', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session, [chapterOf('alpha', 3), chapterOf('beta', 1)]);
      await setEnvironment(session, 'local', 'ana');
      const marker = await requireEnvironment(session, 'local');
      const newer = {
        code: 'LEDGER_NEWER',
        exitCode: 77,
        message: "the target's ledger has version 3 of alpha, this Opsgraph knows 2",
      };
      expect(() => requireChapters(marker, [chapterOf('alpha', 2)], 'local')).toThrow(expect.objectContaining(newer));
      await expect(migrateLedger(session, [chapterOf('alpha', 2)])).rejects.toMatchObject(newer);
      requireChapters(marker, [chapterOf('beta', 1)], 'local');
      expect(await migrateLedger(session, [chapterOf('beta', 1)])).toBe(0);
    });
  });

  it.each([
    ['of runs and environment', "INSERT INTO ops.chapter_version VALUES ('core', 99)"],
    ['in another form', 'INSERT INTO ops.version VALUES (12)'],
  ])('a later ledger %s is refused to everybody', async (_what, sql) => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session);
      await setEnvironment(session, 'local', 'ana');
      await session.execute(sql);
      await expect(requireEnvironment(session, 'local')).rejects.toMatchObject({ code: 'LEDGER_NEWER', exitCode: 77 });
      await expect(migrateLedger(session)).rejects.toMatchObject({ code: 'LEDGER_NEWER', exitCode: 77 });
    });
  });
});
