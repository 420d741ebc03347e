import type { Session } from '@opsgraph/postgres';
import type { Chapter } from './chapter.ts';
import { findOutdated, refuseNewer } from './chapters.ts';
import { programVersion } from './checkout.ts';
import { takeLock } from './locks.ts';
import { chaptered, numbered } from './numbered.ts';
import { readLedgerState } from './read-ledger-state.ts';

/**
 * Brings the ledger's own chapter and these to this program's versions, in one
 * transaction; a ledger from before the chapters is taken over on the way. Safe
 * when several start at once. Returns the steps taken.
 *
 * @throws OpsError LEDGER_NEWER (77) when a later Opsgraph has been here
 */
export async function migrateLedger(session: Session, chapters: readonly Chapter[] = []): Promise<number> {
  return session.transaction(async () => {
    await takeLock(session, 'ledger', 'transaction');
    let steps = await makeHome(session);
    const state = await readLedgerState(session);
    refuseNewer(state, chapters);
    for (const { name, versions } of findOutdated(state, chapters)) {
      for (let version = (state.versions[name] ?? 0) + 1; version <= versions.length; version += 1) {
        await session.execute(versions[version - 1]!);
        await session.execute('INSERT INTO ops.chapter_version (chapter, version, program) VALUES ($1, $2, $3)', [
          name,
          version,
          programVersion(),
        ]);
        steps += 1;
      }
    }
    return steps;
  });
}

/** The table of the chapters' versions, with what the numbers of an older ledger meant. Returns whether it had to be made. */
async function makeHome(session: Session): Promise<0 | 1> {
  await session.execute('CREATE SCHEMA IF NOT EXISTS ops');
  await session.execute(
    'CREATE TABLE IF NOT EXISTS ops.version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  const isNew = await session.execute(
    'INSERT INTO ops.version (version) SELECT $1 WHERE NOT EXISTS (SELECT FROM ops.version WHERE version >= $1)',
    [chaptered],
  );
  if (isNew === 0) return 0;
  await session.execute(`
    CREATE TABLE ops.chapter_version (
      chapter text,
      version integer,
      applied_at timestamptz NOT NULL DEFAULT now(),
      -- of Opsgraph; null: taken over from a number
      program text,
      PRIMARY KEY (chapter, version)
    )`);
  await session.execute(
    `INSERT INTO ops.chapter_version (chapter, version, applied_at)
     SELECT n.chapter, n.version, v.applied_at FROM ops.version v
     JOIN unnest($1::integer[], $2::text[], $3::integer[]) n (number, chapter, version) ON n.number = v.version`,
    [
      numbered.map(({ number }) => number),
      numbered.map(({ chapter }) => chapter),
      numbered.map(({ version }) => version),
    ],
  );
  return 1;
}
