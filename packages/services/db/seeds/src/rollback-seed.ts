// How a load is undone, all in one transaction:
//  1. choose the loads: those of the latest run, or the latest of one set, the last first (undo/open-load);
//  2. find what the table and the recorded load still have in common: columns, key, types (undo/open-load);
//  3. judge and lock every row: still as the seed left it, changed since, or gone (undo/judge-rows);
//  4. judge who refers to the rows that would go, pass by pass, as a row that stays makes others stay
//     (undo/judge-references);
//  5. refuse with these rows named, or leave them with --keep-changed (undo/refuse);
//  6. put former values back and delete what was inserted, and look whether it is so (undo/take-back);
//  7. close the loads in the ledger.
import type { Session } from '@opsgraph/postgres';
import { loadManifest } from './load-manifest.ts';
import { pinSettings } from './pin-settings.ts';
import { describeKept, type KeptRows } from './undo/describe-kept.ts';
import { judgeReferences } from './undo/judge-references.ts';
import { judgeRows } from './undo/judge-rows.ts';
import { isLost, type LostLoad, refuseLost } from './undo/lost-load.ts';
import { chooseLoads, openLoad, requireKnownSet } from './undo/open-load.ts';
import type { OpenLoad, RecordedLoad } from './undo/recorded-load.ts';
import { possible, refuseIfAny } from './undo/refuse.ts';
import { takeBack } from './undo/take-back.ts';

export interface RollbackInput {
  /** The latest load of this set; unless given, everything that the run which seeded last did that is not undone yet. */
  set?: string | undefined;
  /** Leave rows that were changed since, or that others refer to, instead of refusing. */
  keepChanged: boolean;
  /** Judge everything and change nothing. */
  dryRun: boolean;
  run: { id: string };
  /** Holds seeds.ts, which is asked only about a set that was never loaded: is there one of this name? Not asked unless given. */
  directory?: string | undefined;
}

export interface UndoneSet {
  name: string;
  table: string;
  /** The run that had loaded it. */
  run: string;
  deleted: number;
  restored: number;
  /** Rows that were gone already. */
  missing: number;
  kept: KeptRows;
  /** What could not be put back, and what goes along: columns dropped or added since. */
  notes: string[];
}

export interface RollbackResult {
  /** In the order undone: children before parents. Empty when no seed is in place. */
  sets: UndoneSet[];
}

/**
 * Takes back exactly what a seed did, in one transaction: rows it inserted go,
 * rows it updated get their former values, provided each is still as the seed
 * left it and, where it goes, nothing else refers to it.
 *
 * @throws OpsError SEED_CHANGED_SINCE (77) naming rows that are not, unless `keepChanged`;
 *   SEED_TABLE_GONE, SEED_KEY_GONE, SEED_UNDO_IMPOSSIBLE (77), SEED_SET_UNKNOWN (64)
 */
export async function rollbackSeed(session: Session, input: RollbackInput): Promise<RollbackResult> {
  return session.transaction(async () => {
    await pinSettings(session);
    const loads = await chooseLoads(session, input.set);
    if (input.set !== undefined && input.directory !== undefined && loads.length === 0)
      await requireKnownSet(session, input.set, await namesIn(input.directory));
    const open: OpenLoad[] = [];
    const losses: LostLoad[] = [];
    // all are judged before any is touched: deleting one set's rows may change another's by a trigger
    for (const load of loads) {
      const opened = await openLoad(session, load);
      const loss = isLost(opened) ? opened : await judgeRows(session, opened);
      if (loss !== undefined) losses.push(loss);
      else if (!isLost(opened)) open.push(opened);
    }
    if (!input.keepChanged) refuseLost(losses);
    await judgeReferences(session, open);
    const kept = new Map<OpenLoad, KeptRows>();
    for (const load of open) kept.set(load, await describeKept(session, load));
    if (!input.keepChanged) refuseIfAny([...kept.values()]);

    const sets = losses.map(leave);
    for (const load of open) sets.push(await undo(session, load, kept.get(load)!, input.dryRun));
    if (!input.dryRun) {
      if (open.length > 0) await possible(open.at(-1)!, () => session.execute('SET CONSTRAINTS ALL IMMEDIATE'));
      for (const { load, isGone } of losses) await close(session, load, isGone ? 0 : rowsOf(load), input.run.id);
      for (const load of open) await close(session, load, kept.get(load)!.count, input.run.id);
    }
    return { sets };
  });
}

/** A manifest that is broken or gone is no reason not to undo. */
async function namesIn(directory: string): Promise<string[]> {
  const sets = await loadManifest(directory).catch(() => []);
  return sets.map(({ name }) => name);
}

function leave({ load, isGone, why }: LostLoad): UndoneSet {
  const { set: name, tableName: table, run } = load;
  const rows = rowsOf(load);
  return {
    ...{ name, table, run, deleted: 0, restored: 0, missing: isGone ? rows : 0 },
    kept: { set: name, table, count: isGone ? 0 : rows, rows: [] },
    notes: [why],
  };
}

function rowsOf({ inserted, updated }: RecordedLoad): number {
  return inserted + updated;
}

async function undo(session: Session, load: OpenLoad, kept: KeptRows, dryRun: boolean): Promise<UndoneSet> {
  const notes = await describeColumns(session, load);
  const [plan] = await session.query<{ deleted: number; restored: number; present: number }>(
    `SELECT count(*) FILTER (WHERE is_insert AND verdict = 'undo') AS deleted, count(*) FILTER (WHERE NOT is_insert AND verdict = 'undo') AS restored, count(*) AS present FROM ${load.rows}`,
  );
  if (!dryRun) await possible(load, () => takeBack(session, load, plan!.deleted));
  const { deleted, restored, present } = plan!;
  return {
    name: load.set,
    table: load.table.name,
    run: load.run,
    deleted,
    restored,
    missing: rowsOf(load) - present,
    kept,
    notes,
  };
}

async function describeColumns(session: Session, open: OpenLoad): Promise<string[]> {
  const { dropped, added, common, columns, rows, table, tableName } = open;
  const renamed = common.flatMap(({ name, place }) =>
    name === columns[place] ? [] : [`${columns[place]} is ${name}`],
  );
  const notes = [
    ...(table.name === tableName ? [] : [`the table is called ${table.name} now`]),
    ...(renamed.length === 0 ? [] : [`renamed in ${table.name} since: ${renamed.join(', ')} now`]),
  ];
  for (const { name, place } of dropped) {
    const [lost] = await session.query<{ rows: number }>(
      `SELECT count(*) AS rows FROM ${rows} WHERE verdict = 'undo' AND NOT is_insert AND b${place} IS DISTINCT FROM a${place}`,
    );
    if (lost!.rows > 0)
      notes.push(
        `the column ${name} was dropped from ${table.name} since: its former values in ${lost!.rows} rows cannot be restored`,
      );
  }
  if (added.length > 0) notes.push(`added to ${table.name} since and not compared: ${added.join(', ')}`);
  return notes;
}

async function close(session: Session, { id, set }: RecordedLoad, kept: number, by: string): Promise<void> {
  await session.execute(
    'UPDATE ops.seed_load SET undone_at = pg_catalog.clock_timestamp(), undone_by = $2, kept = $3 WHERE id = $1',
    [id, by, kept],
  );
  await session.execute('DELETE FROM ops.seed_image WHERE load = $1', [id]);
  await session.execute('DELETE FROM ops.seed_state WHERE data_set = $1', [set]);
}
