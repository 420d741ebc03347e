import type { SeedFile } from '../locate-file.ts';
import type { Problems } from '../problems.ts';
import { packPosition } from '../read/position.ts';
import type { FileRow } from '../read/row.ts';
import { encodeValue } from './encode-value.ts';
import type { PlannedSet, StagedColumn } from './plan-set.ts';
import { type Slot, slotsOf } from './slots.ts';

export interface RowEncoder {
  /** A line for COPY, or undefined when the row cannot be written as one (reported). */
  encode(row: FileRow): string | undefined;
  /** Which columns had a field in at least one row. */
  seen(): readonly StagedColumn[];
  /** Reports the fields that no column takes, once each. */
  reportUnknown(): void;
}

/** Turns rows of a file into lines of COPY's text format, in the order of the staged columns. */
export function createRowEncoder({ set, table, columns }: PlannedSet, file: SeedFile, problems: Problems): RowEncoder {
  const slots = slotsOf(set.columns ?? {}, columns, file.format === 'csv');
  const isJson = file.format !== 'csv';
  const isSeen = columns.map(() => false);
  const unknown = new Map<string, { line: number; times: number }>();
  const cells: string[] = columns.map(() => '\\N');
  /** What each field of the row before was found to be: rows of a file mostly have the same ones in the same order. */
  const before: { field: string; slot: Slot | undefined }[] = [];

  function slotOf(field: string, place: number): Slot | undefined {
    const known = before[place];
    if (known?.field === field) return known.slot;
    const slot = slots.get(field);
    before[place] = { field, slot };
    return slot;
  }

  function fill(row: FileRow): boolean {
    let isFine = true;
    let place = 0;
    for (const field in row.fields) {
      isFine = put(row, field, row.fields[field], slotOf(field, place), '') && isFine;
      place += 1;
    }
    return isFine;
  }

  function put(row: FileRow, field: string, value: unknown, slot: Slot | undefined, prefix: string): boolean {
    if (slot === undefined) noteUnknown(`${prefix}${field}`, row.line);
    else if (slot instanceof Map) return fillGroup(row, field, value, slot);
    else if (slot !== 'ignored') {
      for (let at = 0; at < slot.length; at += 1) {
        const index = slot[at]!;
        isSeen[index] = true;
        const cell = encodeValue(value, columns[index]!, isJson, row.isPlain);
        if (typeof cell !== 'string') {
          problems.add(file.label, row, `${prefix}${field}: ${cell.problem}`);
          return false;
        }
        cells[index] = cell;
      }
    }
    return true;
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
    if (typeof value === 'object' && !Array.isArray(value)) {
      let isFine = true;
      for (const [name, part] of Object.entries(value as Record<string, unknown>))
        isFine = put(row, name, part, slot.get(name), `${field}.`) && isFine;
      return isFine;
    }
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
      cells.fill('\\N');
      if (!fill(row)) return undefined;
      let line = String(packPosition(row));
      for (let index = 0; index < cells.length; index += 1) line += `\t${cells[index]!}`;
      return `${line}\n`;
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
