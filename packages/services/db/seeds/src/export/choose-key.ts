import type { Table } from '../table/table.ts';

export interface KeyWish {
  /** The columns to tell rows apart by; chosen when empty. */
  key: readonly string[];
}

/**
 * The unique key by which rows are found in another database: the one wished
 * for, else the primary key when it is natural, else the shortest natural one.
 */
export function chooseKey(table: Table, { key }: KeyWish, problems: string[]): readonly string[] {
  const isUsable = (columns: readonly string[], mayBeMade: boolean): boolean =>
    columns.every((name) => {
      const column = table.columns.find((candidate) => candidate.name === name)!;
      const isWritable = !column.isGenerated && !column.isIdentityAlways;
      return column.isRequired && isWritable && (mayBeMade || !isMadeByTable(table, name));
    });
  if (key.length > 0) {
    const wished = table.uniqueKeys.find((known) => known.length === key.length && known.every((n) => key.includes(n)));
    if (wished === undefined) problems.push(`${table.name} has no unique index on exactly (${key.join(', ')})`);
    else if (!isUsable(wished, true))
      problems.push(
        `(${key.join(', ')}) cannot be the key of a file: a column may be null, or the table makes its value`,
      );
    return wished ?? [];
  }
  const natural = table.uniqueKeys.filter((columns) => isUsable(columns, false));
  const primary = natural.find((columns) => columns.join() === table.primaryKey.join());
  const chosen = primary ?? natural.toSorted((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1))[0];
  if (chosen === undefined) {
    problems.push(
      `${table.name} has no unique key of required columns whose values it does not make itself (${table.uniqueKeys.map((columns) => `(${columns.join(', ')})`).join(', ') || 'no key at all'})`,
    );
  }
  return chosen ?? [];
}

/** A primary key of one column with a default: another database gives the same row another value. */
export function isMadeByTable({ primaryKey, columns }: Table, name: string): boolean {
  const column = columns.find((candidate) => candidate.name === name);
  return primaryKey.length === 1 && primaryKey[0] === name && (column?.hasDefault ?? false);
}
