import { identifier } from '@opsgraph/postgres';
import type { KeyedTable } from './table.ts';

/** The key's columns as SQL, qualified by the table's name: `"accounts"."id"`. */
export function keyColumns({ name, key }: Pick<KeyedTable, 'name' | 'key'>): string[] {
  return key.map((column) => identifier(name, column.name));
}

/** PostgreSQL's own by its full name, where the types of the key have one: another role's must not fit better. */
export function keyOperator({ key }: Pick<KeyedTable, 'key'>, operator: '=' | '>' | '<='): string {
  return key.every(({ isBuiltIn }) => isBuiltIn) ? `OPERATOR(pg_catalog.${operator})` : operator;
}

/** `"accounts"."id" > $1::bigint`; of a composite key a comparison of rows, which its index can answer. */
export function compareKey(
  table: Pick<KeyedTable, 'name' | 'key'>,
  operator: '>' | '<=',
  firstParameter: number,
): string {
  const columns = keyColumns(table);
  const values = table.key.map(({ type }, at) => `$${firstParameter + at}::${type}`);
  return columns.length === 1
    ? `${columns[0]} ${keyOperator(table, operator)} ${values[0]}`
    : `(${columns.join(', ')}) ${keyOperator(table, operator)} (${values.join(', ')})`;
}

export interface Range {
  /** The last key that is done; null before the first. */
  after: readonly string[] | null;
  upTo: readonly string[];
}

/** A condition for the rows between two keys, with its values, as parameters from `$1`. */
export function keyRange(table: Pick<KeyedTable, 'name' | 'key'>, { after, upTo }: Range): [string, string[]] {
  const upper = compareKey(table, '<=', 1);
  if (after === null) return [upper, [...upTo]];
  return [`${upper} AND ${compareKey(table, '>', upTo.length + 1)}`, [...upTo, ...after]];
}
