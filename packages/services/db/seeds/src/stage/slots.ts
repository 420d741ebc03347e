import type { StagedColumn } from './plan-set.ts';

/** Which columns take a field, by their place; a group is a field whose own fields are taken. */
export type Slot = readonly number[] | 'ignored' | Map<string, readonly number[]>;

/**
 * What each field of a row is for.
 *
 * @param isFlat `place.name` is one field, as in CSV, not a field of a field
 */
export function slotsOf(
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
    slots.set(name, group as Map<string, readonly number[]>);
  }
  return slots;
}
