import type { Session } from '@opsgraph/postgres';
import { describe, expect, it } from 'vitest';
import { chapter as core } from '../src/chapter.ts';
import { migrateLedger, readMarker, recentRuns, requireChapters, requireEnvironment } from '../src/index.ts';
import { numbered } from '../src/numbered.ts';
import { chapterOf, freshDatabase } from './support.ts';

/** A ledger as the programs left it that counted all tables with one number. The tables of domains are stand-ins. */
async function makeNumbered(session: Session, last: number): Promise<void> {
  await session.execute(
    'CREATE SCHEMA ops; CREATE TABLE ops.version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  for (const { number, chapter, version } of numbered.slice(0, last)) {
    const sql = chapter === 'core' ? core.versions[version - 1]! : chapterOf(chapter, version).versions[version - 1]!;
    await session.execute(sql);
    await session.execute(
      "INSERT INTO ops.version VALUES ($1, '2026-01-01'::timestamptz + make_interval(days => $1))",
      [number],
    );
  }
  await session.execute("INSERT INTO ops.environment (name, set_by) VALUES ('local', 'ana')");
  await session.execute(
    `INSERT INTO ops.run (id, domain, task, effect, dry_run, environment, arguments, actor, host, outcome, exit_code, finished_at)
     VALUES ('clean', 'db', 'db:check', 'read', false, 'local', '{}', 'ana', 'web-1', 'ok', 0, now()),
            ('found', 'db', 'db:check', 'read', false, 'local', '{}', 'ana', 'web-1', $1, 1, now())`,
    [last < 8 ? 'ok' : 'findings'],
  );
}

/** What every program of that time asks before it reads or writes, and again under its lock; it knows up to 10. */
async function refusedByThem(session: Session): Promise<boolean> {
  const [row] = await session.query<{ name: string | null; version: number | null }>(
    'SELECT (SELECT name FROM ops.environment) AS name, (SELECT max(version) FROM ops.version) AS version',
  );
  expect(row).toMatchObject({ name: 'local', version: expect.any(Number) });
  return row!.version! > 10;
}

describe('a ledger with one number', () => {
  it.each(numbered.map(({ number }) => number))(
    '%i is taken over by the first write, of whichever task',
    async (last) => {
      const database = await freshDatabase();
      await database.session(async (session) => {
        await makeNumbered(session, last);
        expect(await refusedByThem(session)).toBe(false);
        await migrateLedger(session);
        const marker = (await readMarker(session))!;
        const reached = Object.fromEntries(numbered.slice(0, last).map(({ chapter, version }) => [chapter, version]));
        expect(marker).toEqual({
          environment: 'local',
          form: 11,
          versions: { ...reached, core: core.versions.length },
        });
        const when = await session.query<{ day: number }>(
          "SELECT extract(epoch FROM applied_at - '2026-01-01') / 86400 AS day FROM ops.chapter_version WHERE program IS NULL ORDER BY applied_at",
        );
        expect(when.map(({ day }) => Number(day))).toEqual(numbered.slice(0, last).map(({ number }) => number));
        const runs = await recentRuns(session, 9);
        expect(Object.fromEntries(runs.map(({ id, outcome }) => [id, outcome]))).toEqual({
          clean: 'ok',
          found: 'findings',
        });
        // Then each task brings its own tables.
        expect(await migrateLedger(session, [chapterOf('seeds', 3)])).toBe(3 - (reached['seeds'] ?? 0));
        expect(await migrateLedger(session, [chapterOf('seeds', 3)])).toBe(0);
      });
    },
  );

  it('is readable before that, chapter by chapter', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await makeNumbered(session, 9);
      const marker = await requireEnvironment(session, 'local');
      requireChapters(marker, [chapterOf('backfills', 2), chapterOf('releases', 2)], 'local');
      expect(() => requireChapters(marker, [chapterOf('seeds', 3)], 'local')).toThrow(
        expect.objectContaining({ code: 'LEDGER_OLDER', exitCode: 78 }),
      );
      // Nothing was written by that.
      expect(await session.query("SELECT to_regclass('ops.chapter_version') AS made")).toEqual([{ made: null }]);
    });
  });

  it('is taken over once when eight do it at once', async () => {
    const database = await freshDatabase();
    await database.session((session) => makeNumbered(session, 10));
    const chapters = ['seeds', 'releases'].map((name) => chapterOf(name, 3));
    const steps = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        database.session((session) => migrateLedger(session, [chapters[index % 2]!])),
      ),
    );
    // The takeover, and version 3 of releases.
    expect(steps.reduce((sum, taken) => sum + taken)).toBe(2);
  });

  it('stays as it was when the program dies in the middle', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await makeNumbered(session, 7);
      const broken = { name: 'seeds', versions: ['', '', 'SELECT 1/0'] } as const;
      await expect(migrateLedger(session, [broken])).rejects.toThrow('division by zero');
      expect(await refusedByThem(session)).toBe(false);
      expect(await session.query("SELECT to_regclass('ops.chapter_version') AS made")).toEqual([{ made: null }]);
    });
  });

  it('refuses programs of that time once it is taken over, before they touch anything', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await makeNumbered(session, 10);
      await migrateLedger(session);
      expect(await refusedByThem(session)).toBe(true);
    });
  });

  it('made by this program is refused by them as well', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session);
      await session.execute("INSERT INTO ops.environment (name, set_by) VALUES ('local', 'ana')");
      expect(await refusedByThem(session)).toBe(true);
    });
  });
});
