import type { Session } from '@opsgraph/postgres';
import { describe, expect, it } from 'vitest';
import {
  findChapters,
  migrateLedger,
  readMarker,
  recentRuns,
  requireChapters,
  requireEnvironment,
  setEnvironment,
} from '../src/index.ts';
import { makeNumbered, meaning, numbers } from './numbered-ledger.ts';
import { chapterOf, freshDatabase } from './support.ts';

const chapters = await findChapters();

/** What every program of that time asks before it reads or writes, and again under its lock; it knows up to 10. */
async function refusedByThem(session: Session): Promise<boolean> {
  const [row] = await session.query<{ name: string | null; version: number | null }>(
    'SELECT (SELECT name FROM ops.environment) AS name, (SELECT max(version) FROM ops.version) AS version',
  );
  expect(row).toMatchObject({ name: 'local', version: expect.any(Number) });
  return row!.version! > 10;
}

/** Columns, constraints and indexes of all tables of the ledger. */
async function describeTables(session: Session): Promise<string[]> {
  const rows = await session.query<{ line: string }>(
    `SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
     FROM information_schema.columns WHERE table_schema = 'ops'
     UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'ops'::regnamespace
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'ops' ORDER BY 1`,
  );
  return rows.map(({ line }) => line);
}

const isMade = (session: Session): Promise<unknown[]> =>
  session.query("SELECT to_regclass('ops.chapter_version') IS NOT NULL AS made");

describe('a ledger with one number', () => {
  it.each(numbers)('%i is taken over by the first write, of whichever task, and nothing is lost', async (last) => {
    const [taken, fresh] = [await freshDatabase(), await freshDatabase()];
    await taken.session(async (session) => {
      await makeNumbered(session, last);
      expect(await refusedByThem(session)).toBe(false);
      await migrateLedger(session);
      const known = meaning(last);
      const core = chapters.find(({ name }) => name === 'core')!.versions.length;
      expect(await readMarker(session)).toEqual({ environment: 'local', form: 11, versions: { ...known, core } });
      const when = await session.query<{ day: number }>(
        "SELECT extract(epoch FROM applied_at - '2026-01-01') / 86400 AS day FROM ops.chapter_version WHERE program IS NULL ORDER BY applied_at",
      );
      expect(when.map(({ day }) => Number(day))).toEqual(numbers.slice(0, last));
      const runs = await recentRuns(session, 9);
      expect(Object.fromEntries(runs.map(({ id, outcome }) => [id, outcome]))).toEqual({
        clean: 'ok',
        found: 'findings',
      });
      // Then each task brings its own tables, and the whole is that of a new database.
      for (const chapter of chapters) await migrateLedger(session, [chapter]);
      await fresh.session(async (other) => {
        await migrateLedger(other, chapters);
        expect(await describeTables(session)).toEqual(await describeTables(other));
      });
    });
  });

  it('is readable before that, chapter by chapter', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await makeNumbered(session, 9);
      const marker = await requireEnvironment(session, 'local');
      expect(marker.versions).toEqual(meaning(9));
      requireChapters(marker, [chapterOf('backfills', 2), chapterOf('releases', 2)], 'local');
      expect(() => requireChapters(marker, [chapterOf('seeds', 3)], 'local')).toThrow(
        expect.objectContaining({ code: 'LEDGER_OLDER', exitCode: 78 }),
      );
      expect(await isMade(session)).toEqual([{ made: false }]);
    });
  });

  it('is taken over once when eight do it at once', async () => {
    const database = await freshDatabase();
    await database.session((session) => makeNumbered(session, 10));
    const [seeds, releases] = [chapterOf('seeds', 3), { name: 'releases', versions: ['', '', 'SELECT 1'] } as const];
    const steps = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        database.session((session) => migrateLedger(session, [index % 2 === 0 ? seeds : releases])),
      ),
    );
    const [row] = await database.session((session) =>
      session.query('SELECT count(*)::int AS count FROM ops.chapter_version WHERE program IS NULL'),
    );
    expect(row).toEqual({ count: 10 });
    expect(steps.filter((taken) => taken > 0).length).toBeLessThanOrEqual(2);
  });

  it('stays as it was when the first write dies in the middle', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await makeNumbered(session, 7);
      const broken = { name: 'seeds', versions: ['', '', 'SELECT 1/0'] } as const;
      await expect(migrateLedger(session, [broken])).rejects.toThrow('division by zero');
      expect([await refusedByThem(session), await isMade(session)]).toEqual([false, [{ made: false }]]);
    });
  });

  it('refuses programs of that time once it is taken over', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await makeNumbered(session, 10);
      await migrateLedger(session);
      expect(await refusedByThem(session)).toBe(true);
    });
  });

  it('is what programs of that time see in a new one, and refuse', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session);
      await setEnvironment(session, 'local', 'ana');
      expect(await refusedByThem(session)).toBe(true);
    });
  });
});
