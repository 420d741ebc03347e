import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { agree, count } from '@opsgraph/text';
import { withApplyContext } from './apply/context.ts';
import { halfDone } from './apply/half-done.ts';
import { type Prepared, prepare } from './apply/prepare.ts';
import { revertOne } from './apply/revert-one.ts';
import { isNamed } from './files/is-named.ts';
import { shownPath } from './files/list-files.ts';
import { statesAfterFailure, withProblems } from './migration-error.ts';
import { describeProblem, findProblems, type MigrationProblem } from './plan-migrations.ts';
import { refuseUnsound } from './refuse-unsound.ts';
import type { MigrationSettings } from './settings.ts';
import { adopt } from './state/adopt.ts';
import { type AppliedEntry, type Comparison, compare } from './state/compare.ts';
import { readState } from './state/read-state.ts';
import { withSettings } from './state/session-settings.ts';
import type { State } from './state/state.ts';

/** How far to go back: exactly one of `to`, `steps` and `all`. There is no default. */
export interface RollbackInput extends MigrationSettings {
  /** The migration that should be the last applied one: what was applied after it is rolled back. */
  to?: string | undefined;
  /** How many, from the one applied last. */
  steps?: number | undefined;
  /** To before the first one. */
  all?: boolean | undefined;
  run?: string | undefined;
  /** Only say which. */
  dryRun?: boolean | undefined;
  onReverted?: ((name: string, done: number, total: number) => void) | undefined;
}

export interface RollbackResult {
  /** Names in the order in which they were rolled back. */
  reverted: { stem: string; name: string }[];
  /** What is to be reported, and blocks nothing. */
  notices: MigrationProblem[];
}

/**
 * Takes migrations back in the reverse order of their application, each in a
 * transaction of its own together with its ledger rows. Everything is checked
 * before the first one: files as they were applied, with a way down.
 *
 * @throws OpsError ROLLBACK_TARGET (64), MIGRATIONS_UNSOUND (77),
 * MIGRATION_IRREVERSIBLE (77), MIGRATION_FAILED (1)
 */
export async function rollback(session: Session, given: RollbackInput): Promise<RollbackResult> {
  return withSettings(session, given, async (input) => {
    const state = await readState(session, input);
    const found = compare(state);
    const forward = found.started.find(({ row }) => row.direction === 'up');
    if (forward !== undefined)
      throw halfDone(forward.row, forward.row.file, 'it must be resolved before anything is rolled back');

    const entries = chooseEntries(found, input);
    const lost = entries.find(({ file, row }) => file === undefined && row?.status === 'started');
    if (lost !== undefined) throw halfDone(lost.row!, lost.name, 'its file is gone');
    const stems = new Set(entries.map(({ stem }) => stem));
    refuseUnsound(concerning(stems, input, state, found));
    const prepared = await prepare(
      input,
      entries.map(({ file }) => file!),
    );
    requireWayDown(input, prepared);
    const notices: MigrationProblem[] = [];
    if (!input.dryRun && prepared.length > 0)
      await revertAll(session, input, { state, found, entries, prepared, notices });
    return { reverted: entries.map(({ stem, name }) => ({ stem, name })), notices };
  });
}

/** Those to roll back, the one applied last first; a half-done rollback is the very first. */
function chooseEntries({ applied, started }: Comparison, { to, steps, all: isAll }: RollbackInput): AppliedEntry[] {
  const usage = (message: string, hint: string): OpsError =>
    new OpsError({ code: 'ROLLBACK_TARGET', exit: 'usage', message, hint });
  if ([to !== undefined, steps !== undefined, isAll === true].filter(Boolean).length !== 1)
    throw usage(
      'a rollback needs one of --to, --steps and --all',
      '--steps 1 rolls back the one applied last; `pnpm --filter migration run status` lists them',
    );
  const half = started.map(
    ({ row, file }): AppliedEntry => ({
      stem: row.stem,
      name: row.file,
      kind: row.kind,
      file,
      row,
      knexRow: undefined,
      batch: row.batch,
      appliedAt: null,
    }),
  );
  const all = [...applied, ...half];
  if (isAll) return all.toReversed();
  if (steps !== undefined) {
    if (!Number.isInteger(steps) || steps < 1) throw usage(`--steps is ${steps}`, 'it is a whole number from 1');
    if (steps > all.length)
      throw usage(
        `--steps is ${steps}, and ${count(all.length, 'migration')} ${agree(all.length, 'is', 'are')} applied`,
        'use a smaller number',
      );
    return all.slice(-steps).toReversed();
  }
  const last = all.findIndex((entry) => isNamed(entry, to!));
  if (last < 0) throw usage(`no migration named ${to} is applied`, '`pnpm --filter migration run status` lists them');
  return all.slice(last + 1).toReversed();
}

/** What is in the way of rolling back these: other migrations' troubles do not. */
function concerning(
  stems: Set<string>,
  settings: MigrationSettings,
  state: State,
  found: Comparison,
): MigrationProblem[] {
  const mine = <Item extends { stem: string }>(items: Item[]): Item[] => items.filter(({ stem }) => stems.has(stem));
  const narrowed: Comparison = {
    ...found,
    edited: mine(found.edited),
    missing: mine(found.missing),
    duplicates: found.duplicates.filter(([first]) => stems.has(first!.stem)),
    outOfOrder: [],
    started: [],
  };
  return findProblems(
    { ...settings, disableMigrationsListValidation: false },
    { ...state, fileProblems: [] },
    narrowed,
  );
}

function requireWayDown(settings: MigrationSettings, prepared: Prepared[]): void {
  const stuck = prepared.filter((one) => (one.kind === 'sql' ? one.sql.down : one.knex.down) === undefined);
  if (stuck.length === 0) return;
  throw new OpsError({
    code: 'MIGRATION_IRREVERSIBLE',
    exit: 'refused',
    message: `${stuck.map(({ file }) => shownPath(settings, file.path)).join(', ')} cannot be rolled back; nothing was`,
    hint: 'it has no down; write a new migration that changes what must change, or restore a backup',
  });
}

interface Work {
  state: State;
  found: Comparison;
  entries: AppliedEntry[];
  /** Of the entries, in their order. */
  prepared: Prepared[];
  notices: MigrationProblem[];
}

async function revertAll(
  session: Session,
  input: RollbackInput,
  { state, found, entries, prepared, notices }: Work,
): Promise<void> {
  await adopt(session, state, found, input.run);
  const hasKnex = prepared.some(({ kind }) => kind === 'knex');
  const facts = { batch: found.batch, run: input.run, hasKnex, notices };
  await withApplyContext(session, input, state, facts, async (context) => {
    for (const [index, migration] of prepared.entries()) {
      const { row, knexRow, name } = entries[index]!;
      try {
        session.signal?.throwIfAborted();
        await revertOne(context, migration, row, knexRow?.id ?? row?.knex_id ?? 0);
      } catch (error) {
        const before = entries.slice(0, index).map((entry) => entry.name);
        const lines = [
          before.length === 0
            ? 'nothing was rolled back by this run before it'
            : `rolled back before it: ${before.join(', ')}`,
          ...notices.map(describeProblem),
        ];
        throw withProblems(error, lines, { migrations: statesAfterFailure(entries, index, 'rolled back') });
      }
      input.onReverted?.(name, index + 1, prepared.length);
    }
  });
}
