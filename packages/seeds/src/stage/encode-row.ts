import type { SeedFile } from '../locate-file.ts';
import type { Problems } from '../problems.ts';
import { packPosition } from '../read/position.ts';
import type { FileRow } from '../read/row.ts';
import { encodeValue } from './encode-value.ts';
import type { PlannedSet, StagedColumn } from './plan-set.ts';

export interface RowEncoder {
  /** A line for COPY, or undefined when the row cannot be written as one (reported). */
  encode(row: FileRow): string | undefined;
  /** Which columns had a field in at least one row. */
  seen(): readonly StagedColumn[];
  /** Reports the fields that no column takes, once each. */
  reportUnknown(): void;
}

type Slot = readonly number[] | 'ignored' | ReadonlyMap<string, readonly number[]>;

/** Turns rows of a file into lines of COPY's text format, in the order of the staged columns. */
export function createRowEncoder({ set, table, columns }: PlannedSet, file: SeedFile, problems: Problems): RowEncoder {
  const slots = slotsOf(set.columns ?? {}, columns, file.format === 'csv');
  const isJson = file.format !== 'csv';
  const isSeen = columns.map(() => false);
  const unknown = new Map<string, { line: number; times: number }>();
  const cells: string[] = [];
  const blank = columns.map(() => '\\N');

  function fill(
    row: FileRow,
    fields: Readonly<Record<string, unknown>>,
    slotOf: { get(field: string): Slot | undefined },
    prefix: string,
  ): boolean {
    let isFine = true;
    for (const field in fields) {
      const slot = slotOf.get(field);
      const value = fields[field];
      if (slot === undefined) noteUnknown(`${prefix}${field}`, row.line);
      else if (slot === 'ignored') continue;
      else if (slot instanceof Map) isFine = fillGroup(row, field, value, slot) && isFine;
      else {
        for (const index of slot as readonly number[]) {
          isSeen[index] = true;
          const cell = encodeValue(value, columns[index]!, isJson);
          if (typeof cell === 'string') cells[index] = cell;
          else {
            problems.add(file.label, row, `${prefix}${field}: ${cell.problem}`);
            isFine = false;
          }
        }
      }
    }
    return isFine;
  }

  function fillGroup(
    row: FileRow,
    field: string,
    value: unknown,
    slot: ReadonlyMap<string, readonly number[]>,
  ): boolean {
    if (value === null) {
      for (const indexes of slot.values()) for (const index of indexes) isSeen[index] = true;
      return true;
    }
    if (typeof value === 'object' && !Array.isArray(value))
      return fill(row, value as Record<string, unknown>, slot, `${field}.`);
    problems.add(file.label, row, `${field}: expected an object with ${[...slot.keys()].join(', ')}`);
    return false;
  }

  function noteUnknown(field: string, line: number): void {
    const known = unknown.get(field);
    if (known === undefined) unknown.set(field, { line, times: 1 });
    else known.times += 1;
  }

  return {
    encode(row) {
      for (let index = 0; index < blank.length; index += 1) cells[index] = '\\N';
      return fill(row, row.fields, slots, '') ? `${packPosition(row)}\t${cells.join('\t')}\n` : undefined;
    },
    seen: () => columns.filter((_, index) => isSeen[index]),
    reportUnknown: () => {
      for (const [field, { line, times }] of unknown) {
        const why = reasonFor(
          field,
          table.columns.find(({ name }) => name === field),
          set.references?.[field]?.set,
        );
        problems.add(
          file.label,
          { line },
          `${field}: ${why ?? `${table.name} has no such column (it has ${[...slots.keys()].join(', ')})`}${times > 1 ? `; in ${times} rows` : ''}`,
        );
      }
    },
  };
}

function reasonFor(
  field: string,
  column: { isGenerated: boolean; isIdentityAlways: boolean } | undefined,
  reference: string | undefined,
): string | undefined {
  if (reference !== undefined) return `it is found by its reference to ${reference}; leave it out`;
  if (column === undefined) return undefined;
  return column.isGenerated || column.isIdentityAlways
    ? 'the table makes this value itself; leave it out'
    : `the manifest gives ${field} another name`;
}

function slotsOf(
  renames: Readonly<Record<string, string | null>>,
  columns: readonly StagedColumn[],
  isFlat: boolean,
): Map<string, Slot> {
  const slots = new Map<string, Slot>();
  for (const [field, column] of Object.entries(renames)) if (column === null) slots.set(field, 'ignored');
  const put = (into: Map<string, Slot>, field: string, index: number): void =>
    void into.set(field, [...((into.get(field) as readonly number[] | undefined) ?? []), index]);
  for (const [index, { field, isReference }] of columns.entries()) {
    const dot = isReference && !isFlat ? field.indexOf('.') : -1;
    if (dot === -1) {
      put(slots, field, index);
      continue;
    }
    const name = field.slice(0, dot);
    const known = slots.get(name);
    const group = known instanceof Map ? known : new Map<string, Slot>();
    put(group, field.slice(dot + 1), index);
    slots.set(name, group as ReadonlyMap<string, readonly number[]>);
  }
  return slots;
}
