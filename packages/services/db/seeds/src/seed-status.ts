import type { Session } from '@opsgraph/postgres';
import type { SeedInput } from './data-set.ts';
import { loadManifest } from './load-manifest.ts';
import { locateFile, type SeedFile } from './locate-file.ts';
import { Problems } from './problems.ts';
import { differsInLayout } from './read/differs-in-layout.ts';
import { hashSource } from './read/read-source.ts';
import { selectSets } from './select-sets.ts';
import { readState } from './write/state.ts';

export interface SetStatus {
  name: string;
  table: string;
  /**
   * loaded: the file is the one last loaded. layout: only its line ends or its byte order mark are others now, the rows
   * are the same. changed: it is another now. unconfirmed: loaded, and a later load was undone since. new: never loaded, or
   * undone. unreadable: see problem.
   */
  state: 'loaded' | 'layout' | 'changed' | 'unconfirmed' | 'new' | 'unreadable';
  problem?: string;
  /** The run that last found or made the table as the file wants it. */
  lastRun?: string;
  lastSeen?: Date;
  rows?: number;
  /** What is in the ledger and can be undone. */
  inserted: number;
  updated: number;
  standingRuns: number;
}

/** What is loaded, by which run, and whether the files changed since. Reads files and ledger, not the tables. */
export async function seedStatus(session: Session, input: Omit<SeedInput, 'run'>): Promise<SetStatus[]> {
  const statuses: SetStatus[] = [];
  for (const set of selectSets(await loadManifest(input.directory), input.sets, input.environment)) {
    const [standing] = await session.query<{ inserted: number; updated: number; runs: number }>(
      'SELECT coalesce(pg_catalog.sum(inserted), 0)::bigint AS inserted, coalesce(pg_catalog.sum(updated), 0)::bigint AS updated, count(*) AS runs FROM ops.seed_load WHERE data_set = $1 AND undone_at IS NULL',
      [set.name],
    );
    const { inserted, updated, runs } = standing!;
    const state = await readState(session, set.name);
    const problems = new Problems();
    const file = await locateFile(set, input, problems);
    const known = state === undefined ? {} : { lastRun: state.run, lastSeen: state.seenAt, rows: state.fileRows };
    const base = { name: set.name, table: set.table, inserted, updated, standingRuns: runs, ...known };
    if (file === undefined) statuses.push({ ...base, state: 'unreadable', problem: problems.lines[0]! });
    else
      statuses.push({
        ...base,
        state:
          state === undefined
            ? runs > 0
              ? 'unconfirmed'
              : 'new'
            : await compareFile(file, state.sha256, session.signal),
      });
  }
  return statuses;
}

async function compareFile(
  file: SeedFile,
  loaded: string,
  signal: AbortSignal | undefined,
): Promise<'loaded' | 'layout' | 'changed'> {
  if ((await hashSource(file, signal)) === loaded) return 'loaded';
  return 'path' in file && (await differsInLayout(file.path, file.format, loaded)) ? 'layout' : 'changed';
}
