// How data sets are loaded, all in one transaction with the ledger:
//  1. read the manifest, order the sets by their references, find their files (prepare);
//  2. skip a set whose file, definition and table are known to be as an earlier run left them (write/state);
//  3. read every other file into a temporary table and check it against the target, every problem of all (stage, check);
//  4. look up the keys that references mean (check/resolve-references);
//  5. insert what is missing and update what differs, or fill an empty table at once (write/write-set, fill-table);
//  6. let deferred constraints speak, so that an error names a set and not the commit;
//  7. record the rows as they are now, after every trigger, and as they were: what undo needs (write/record-load).
import { OpsError } from '@opsgraph/errors';
import { isDataError, type Session } from '@opsgraph/postgres';
import { requireResolved, resolveReferences } from './check/resolve-references.ts';
import { findLeftOver, type LeftOver } from './compare/left-over.ts';
import type { SeedInput } from './data-set.ts';
import { type PreparedSet, prepareSets } from './prepare.ts';
import type { StagedSet } from './stage/staged-set.ts';
import { advanceNumbering } from './write/advance-numbering.ts';
import { fillTable, isForFilling, NotAlone } from './write/fill-table.ts';
import { recordLoad } from './write/record-load.ts';
import { keepState } from './write/state.ts';
import { type Outcome, writeSet } from './write/write-set.ts';

export interface SeededSet {
  name: string;
  table: string;
  file: string;
  /** Rows of the file. */
  rows: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Rows that the table's triggers and rules keep otherwise than the file gives them; not counted where a digest tells. */
  rewritten: number;
  /** The triggers and rules of the table. */
  rewriters: readonly string[];
  /** How the unchanged rows are known to be so: each was compared, or file and table are still what an earlier run left. */
  known: { by: 'comparison' } | { by: 'digest'; since: string; seenAt: Date };
  /** The file is the one loaded before, so whatever was written puts back what somebody had changed. */
  isRepair: boolean;
  /** Rows of the table that this set seeded once and that its file no longer has; they are left alone. */
  leftOver: LeftOver;
}

/** How many rows that are no longer in a file are named. */
const leftOverShown = 3;

export interface SeedResult {
  sets: SeededSet[];
}

/**
 * Brings the tables to what the files of the sets say, in one transaction with
 * the ledger: missing rows are inserted, differing ones updated, others left
 * alone, also those that are no longer in a file.
 *
 * @throws OpsError SEED_INVALID (65) listing every problem of every file, SEED_REFUSED_BY_TABLE (65),
 *   SEED_TABLE_UNFIT, SEED_MANIFEST_INVALID (78), SEED_SET_UNKNOWN (64), SEED_NOT_TAKEN (65, 75)
 */
export async function seed(session: Session, input: SeedInput): Promise<SeedResult> {
  try {
    return await session.transaction(() => load(session, input, true));
  } catch (error) {
    if (!(error instanceof NotAlone)) throw error;
    return session.transaction(() => load(session, input, false));
  }
}

/** @param mayFill empty tables may be filled at once, on the assumption that nobody else writes to them */
async function load(session: Session, input: SeedInput, mayFill: boolean): Promise<SeedResult> {
  const prepared = await prepareSets(session, input);
  const all = prepared.flatMap((one) => (one.isAsKept ? [] : [one.staged]));
  const outcomes = new Map<StagedSet, Outcome>();
  for (const staged of all) {
    input.onWrite?.(staged.set.name, staged.rows);
    outcomes.set(staged, await refusable(staged, () => write(session, staged, all, mayFill)));
  }
  if (all.length > 0) await refusable(all.at(-1)!, () => session.execute('SET CONSTRAINTS ALL IMMEDIATE'));

  const sets: SeededSet[] = [];
  for (const one of prepared)
    sets.push(one.isAsKept ? asKept(one) : await finish(session, one, outcomes.get(one.staged)!, input));
  return { sets };
}

async function write(
  session: Session,
  staged: StagedSet,
  all: readonly StagedSet[],
  mayFill: boolean,
): Promise<Outcome> {
  await resolveReferences(session, staged);
  await requireResolved(session, staged);
  if (!mayFill || !(await isForFilling(session, staged, all))) return writeSet(session, staged);
  await fillTable(session, staged);
  return { wrote: 'all' };
}

async function finish(
  session: Session,
  { staged, state }: Prepared<false>,
  outcome: Outcome,
  input: SeedInput,
): Promise<SeededSet> {
  const { inserted, updated, ...found } = await recordLoad(session, staged, outcome, input);
  if (inserted + updated > 0) await advanceNumbering(session, staged);
  const leftOver = await findLeftOver(session, staged, { tableRows: found.tableRows, missing: 0 }, leftOverShown);
  await keepState(session, staged, { ...found, leftOver: leftOver.count }, input);
  const { set, table, file, rows, sha256 } = staged;
  return {
    name: set.name,
    table: table.name,
    file: file.label,
    rows,
    inserted,
    updated,
    unchanged: rows - inserted - updated,
    rewritten: found.rewritten,
    rewriters: table.rewriterNames,
    known: { by: 'comparison' },
    isRepair: state?.sha256 === sha256 && inserted + updated > 0,
    leftOver,
  };
}

function asKept({ planned: { set, table }, file, state }: Prepared<true>): SeededSet {
  const { fileRows, run, seenAt, leftOver } = state;
  return {
    name: set.name,
    table: table.name,
    file: file.label,
    rows: fileRows,
    inserted: 0,
    updated: 0,
    unchanged: fileRows,
    rewritten: 0,
    rewriters: table.rewriterNames,
    known: { by: 'digest', since: run, seenAt },
    isRepair: false,
    leftOver: { count: leftOver, keys: [] },
  };
}

type Prepared<Is extends boolean> = Extract<PreparedSet, { isAsKept: Is }>;

/** What a constraint or trigger of the table says against a row that passed the checks. */
async function refusable<T>(staged: StagedSet, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isDataError(cause)) throw cause;
    const { detail, message } = cause as Error & { detail?: string };
    throw new OpsError({
      code: 'SEED_REFUSED_BY_TABLE',
      exit: 'badData',
      message: `${staged.table.name} refuses ${staged.set.name}: ${message}`,
      hint: `correct ${staged.file.label} or the table; nothing was written`,
      problems: detail === undefined ? [] : [detail],
      cause,
    });
  }
}
