import { identifier } from '@opsgraph/postgres';
import { type Column, imageColumns, type Table } from '../table/table.ts';

/** The image of row `alias`: all its columns as one text, see pinSettings. */
export function imageOf(table: Table, alias: string): string {
  return `ROW(${imageColumns(table)
    .map(({ name }) => `${alias}.${identifier(name)}`)
    .join(', ')})::text`;
}

/** `one` and `other` have the same values in these columns. */
export function sameKey(columns: readonly string[], one: string, other: string): string {
  return columns.map((name) => `${one}.${identifier(name)} = ${other}.${identifier(name)}`).join(' AND ');
}

/** At least one of these columns holds another value. */
export function differs(columns: readonly Column[], one: string, other: string): string {
  const comparisons = columns.map(({ name, hasExactEquality, isCollatable }) => {
    const [left, right] = [`${one}.${identifier(name)}`, `${other}.${identifier(name)}`];
    if (!hasExactEquality) return `${left}::text IS DISTINCT FROM ${right}::text`;
    // byte by byte, whatever the column's collation calls equal
    return isCollatable ? `${left} COLLATE "C" IS DISTINCT FROM ${right}` : `${left} IS DISTINCT FROM ${right}`;
  });
  return comparisons.length === 0 ? 'false' : `(${comparisons.join(' OR ')})`;
}

/** A number for the whole content of a table, the same in any order of the rows; 64 bits a row, against accidents, not against forgery. */
export function digestOf(table: Table): string {
  return `(SELECT coalesce(sum(hashtextextended(${imageOf(table, 'd')}, 0)), 0)::text FROM ${table.sql} d)`;
}
