import { describe, expect, it } from 'vitest';
import {
  type Chapter,
  findOutdated,
  migrateLedger,
  readMarker,
  requireChapters,
  requireEnvironment,
  setEnvironment,
} from '../src/index.ts';
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

  it('comes after those that it names, also when they are older, named later or not at all', async () => {
    const base = chapterOf('zeta', 2);
    const first = { ...chapterOf('middle', 1), after: [base] };
    const last: Chapter = {
      name: 'alpha',
      after: [first, base],
      versions: ['INSERT INTO ops.zeta (v2) SELECT v1 FROM ops.middle'],
    };
    for (const [named, before] of [
      [[last], []],
      [[last, base, first], []],
      [[last], [chapterOf('zeta', 1)]],
    ]) {
      const database = await freshDatabase();
      await database.session(async (session) => {
        await migrateLedger(session, before);
        await setEnvironment(session, 'local', 'ana');
        const old = (await readMarker(session))!;
        expect(findOutdated(old, named!).map(({ name }) => name)).toEqual(['zeta', 'middle', 'alpha']);
        expect(() => requireChapters(old, named!, 'local')).toThrow(
          expect.objectContaining({ code: 'LEDGER_OLDER', message: expect.stringContaining('of zeta') }),
        );
        expect(await migrateLedger(session, named)).toBe(4 - before!.length);
        requireChapters((await readMarker(session))!, named!, 'local');
      });
    }
  });

  it('is refused when a later Opsgraph was in one that it comes after', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session, [chapterOf('zeta', 2)]);
      const last: Chapter = { ...chapterOf('alpha', 1), after: [chapterOf('zeta', 1)] };
      await expect(migrateLedger(session, [last])).rejects.toMatchObject({ code: 'LEDGER_NEWER', exitCode: 77 });
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
