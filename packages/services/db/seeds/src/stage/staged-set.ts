import { identifier } from '@opsgraph/postgres';
import type { SeedFile } from '../locate-file.ts';
import { equalsOf } from '../table/comparison.ts';
import type { Column } from '../table/table.ts';
import type { PlannedSet, StagedColumn } from './plan-set.ts';

/** A set whose file was read into a temporary table. */
export interface StagedSet extends PlannedSet {
  file: SeedFile;
  /** The temporary table: position (see read/position.ts), c0, c1, … */
  stage: string;
  rows: number;
  /** In UTF-16 units, as it was sent. */
  largestRow: number;
  sha256: string;
  /** The staged columns that the file has, those for references included. */
  given: readonly StagedColumn[];
  /** Some rows are missing in the stage, so nothing should be concluded from them. */
  isIncomplete: boolean;
}

/** The staged name of a column of the table that the file gives itself. */
export function stagedName({ given }: StagedSet, column: string): string | undefined {
  return given.find((candidate) => !candidate.isReference && candidate.column.name === column)?.staged;
}

/** The temporary table that holds what a reference resolves to. */
export function resolutionName({ stage }: StagedSet, index: number): string {
  return `${stage}_ref_${index}`;
}

/** The table's columns that the set writes. */
export function writtenColumns({ given, references, columns, table }: StagedSet): Column[] {
  const names = new Set(given.filter(({ isReference }) => !isReference).map(({ column }) => column.name));
  for (const { column, match } of references)
    if (match.some(({ staged }) => given.some((found) => found.staged === staged))) names.add(column.name);
  return columns.length === 0 ? [] : table.columns.filter(({ name }) => names.has(name));
}

/** A subquery: the staged rows under the table's own column names (and `position`), references resolved. */
export function stagedRows(staged: StagedSet): string {
  const direct = staged.given
    .filter(({ isReference }) => !isReference)
    .map(({ staged: from, column }) => `s.${from} AS ${identifier(column.name)}`);
  const written = new Set(writtenColumns(staged).map(({ name }) => name));
  const resolved = staged.references.flatMap(({ column }, index) =>
    written.has(column.name) ? [`r${index}.target AS ${identifier(column.name)}`] : [],
  );
  const joins = staged.references.flatMap(({ column, match, parent }, index) =>
    written.has(column.name)
      ? [
          `LEFT JOIN ${resolutionName(staged, index)} r${index} ON ${match.map((by, at) => `r${index}.m${at} ${equalsOf(parent, by.column)} s.${by.staged}`).join(' AND ')}`,
        ]
      : [],
  );
  return `(SELECT s.position, ${[...direct, ...resolved].join(', ')} FROM ${staged.stage} s ${joins.join(' ')})`;
}

/** The columns an update sets: those the file gives, without the key they are found by. */
export function updatableColumns(staged: StagedSet): Column[] {
  return writtenColumns(staged).filter(({ name }) => !staged.set.key.includes(name));
}
