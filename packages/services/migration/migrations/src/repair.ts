import { OpsError } from '@opsgraph/errors';
import { literal, type Session } from '@opsgraph/postgres';
import { diffLines } from './diff-lines.ts';
import { storableText } from './files/decode.ts';
import { withoutLayout } from './files/layout.ts';
import { shownPath, stemOf } from './files/list-files.ts';
import type { MigrationFile } from './files/migration-file.ts';
import { findProblems, type MigrationProblem } from './plan-migrations.ts';
import type { MigrationSettings } from './settings.ts';
import { type Comparison, compare } from './state/compare.ts';
import { removeRow, updateRow } from './state/ledger-rows.ts';
import { readState } from './state/read-state.ts';
import { runScript } from './state/script.ts';
import { withSettings } from './state/session-settings.ts';
import type { State } from './state/state.ts';

/** Migrations by name, with or without extension. */
export interface RepairInput extends MigrationSettings {
  /** Edited: what the file says now is right, and the target has it already. */
  accept?: readonly string[] | undefined;
  /** Missing: its rows are removed, what it made stays. */
  forget?: readonly string[] | undefined;
  /** Half done: it was finished by hand. */
  applied?: readonly string[] | undefined;
  /** Half done: it was undone by hand, and should run again. */
  pending?: readonly string[] | undefined;
  /** Take away the lock that a killed stock knex left. */
  unlock?: boolean | undefined;
  dryRun?: boolean | undefined;
}

export interface RepairResult {
  /** What must be settled, or should be known. */
  problems: MigrationProblem[];
  /** Of each edited migration, and of a missing one the whole content. */
  differences: { migration: string; lines: string[] }[];
  /** What was repaired, or would be. */
  repaired: { action: 'accept' | 'forget' | 'mark applied' | 'mark pending' | 'unlock'; migration: string }[];
}

/**
 * Shows what is wrong with the differences, and settles what is named. It
 * changes the ledgers only, never the tables of migrations.
 *
 * @throws OpsError REPAIR_TARGET (64) when a named one has no such trouble; nothing is changed then
 */
export async function repair(session: Session, given: RepairInput): Promise<RepairResult> {
  return withSettings(session, given, async (input) => {
    const state = await readState(session, input);
    const found = compare(state);
    const statements: string[] = [];
    const repaired: RepairResult['repaired'] = [];
    const plan = (action: RepairResult['repaired'][number]['action'], migration: string, ...sql: string[]): void => {
      repaired.push({ action, migration });
      statements.push(...sql);
    };
    planAll(input, state, found, plan);
    const differences = await showDifferences(session, input, state, found);
    if (statements.length > 0 && !input.dryRun) await runScript(session, `BEGIN;${statements.join(';')};COMMIT`);
    return { problems: findProblems(input, state, found), differences, repaired };
  });
}

type Plan = (action: RepairResult['repaired'][number]['action'], migration: string, ...sql: string[]) => void;

function planAll(input: RepairInput, state: State, found: Comparison, plan: Plan): void {
  const wrong: string[] = [];
  const each = <Item>(
    names: readonly string[] | undefined,
    items: readonly Item[],
    stem: (item: Item) => string,
    what: string,
    act: (item: Item) => void,
  ): void => {
    for (const name of names ?? []) {
      const item = items.find((one) => stem(one) === name || stem(one) === stemOf(name));
      if (item === undefined) wrong.push(`${name} is not ${what}`);
      else act(item);
    }
  };
  each(
    input.accept,
    found.edited,
    ({ stem }) => stem,
    'edited',
    ({ stem, file }) =>
      plan(
        'accept',
        stem,
        updateRow(
          state,
          stem,
          `file = ${literal(file!.name)}, sha256 = ${literal(file!.sha256)}, content = ${literal(storableText(file!.bytes))}`,
        ),
      ),
  );
  each(
    input.forget,
    found.missing,
    ({ stem }) => stem,
    'missing',
    ({ stem, knexRow }) =>
      plan('forget', stem, removeRow(state, stem), ...(knexRow === undefined ? [] : [state.tables.remove(knexRow.id)])),
  );
  each(
    input.applied,
    found.started,
    ({ row }) => row.stem,
    'half done',
    ({ row, file }) => {
      const insert =
        row.kind === 'knex' && row.knex_id === null
          ? `WITH stock AS (${state.tables.insert(file?.recordedAs ?? row.file, row.batch)}) `
          : '';
      const id = insert === '' ? '' : ', knex_id = (SELECT id FROM stock)';
      plan(
        'mark applied',
        row.stem,
        `${insert}${updateRow(state, row.stem, `status = 'applied', direction = 'up', finished_at = pg_catalog.clock_timestamp(), begun = NULL, error = NULL${id}`)}`,
      );
    },
  );
  each(
    input.pending,
    found.started,
    ({ row }) => row.stem,
    'half done',
    ({ row }) =>
      plan(
        'mark pending',
        row.stem,
        removeRow(state, row.stem),
        ...(row.knex_id === null ? [] : [state.tables.remove(row.knex_id)]),
      ),
  );
  if (input.unlock && !state.isLockedByKnex) wrong.push('stock knex holds no lock');
  else if (input.unlock) plan('unlock', state.ledger, state.tables.unlock);
  if (wrong.length > 0) {
    throw new OpsError({
      code: 'REPAIR_TARGET',
      exit: 'usage',
      message: wrong.join('; '),
      hint: 'repair without options shows what can be repaired; nothing was changed',
    });
  }
}

async function showDifferences(
  session: Session,
  settings: MigrationSettings,
  state: State,
  found: Comparison,
): Promise<RepairResult['differences']> {
  const wanted = [...found.edited, ...found.missing];
  if (wanted.length === 0) return [];
  const rows = await session.query<{ stem: string; content: string }>(
    'SELECT stem, content FROM ops.migration WHERE ledger = $1 AND stem = ANY($2)',
    [state.ledger, wanted.map(({ stem }) => stem)],
  );
  const contents = new Map(rows.map(({ stem, content }) => [stem, content]));
  const differences: RepairResult['differences'] = [];
  for (const { stem, name, file } of wanted) {
    const before = contents.get(stem);
    if (before === undefined) continue;
    const migration = file === undefined ? name : shownPath(settings, file.path);
    differences.push({ migration, lines: await differenceOf(before, file) });
  }
  return differences;
}

/** Without what cannot matter; a carriage return that does can be seen. */
async function differenceOf(before: string, file: MigrationFile | undefined): Promise<string[]> {
  if (file === undefined) return diffLines(before, '');
  const texts = [before, storableText(file.bytes)].map((text) => `${withoutLayout(file.kind, text)}\n`) as [
    string,
    string,
  ];
  return (await diffLines(...texts)).map((line) => line.replaceAll('\r', '␍'));
}
