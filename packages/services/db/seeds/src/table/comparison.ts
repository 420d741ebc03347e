import type { Column, Table } from './table.ts';

/**
 * The operator `=` of a column: PostgreSQL's own by its full name, where the
 * type is one of its own. See docs/decisions/our-sql-does-not-ask-the-search-path.md.
 */
export function equalsOf({ columns }: Pick<Table, 'columns'>, name: string): string {
  return columns.find((column) => column.name === name)?.equals ?? '=';
}

/**
 * IS DISTINCT FROM takes no qualified operator: a cast to a type for which
 * PostgreSQL has one, so that no other fits better. Without a meaning for columns
 * that have no exact equality.
 */
export function castToCompared({ baseType, isDomain }: Pick<Column, 'baseType' | 'isDomain'>): string {
  if (baseType.startsWith('character varying')) return '::text';
  return isDomain ? `::${baseType}` : '';
}
