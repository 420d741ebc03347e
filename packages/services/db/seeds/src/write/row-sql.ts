import { identifier } from '@opsgraph/postgres';
import { castToCompared, equalsOf } from '../table/comparison.ts';
import { type Column, imageColumns, type Table } from '../table/table.ts';

/** The image of row `alias`: all its columns as one text, see pinSettings. */
export function imageOf(table: Table, alias: string): string {
  return `ROW(${imageColumns(table)
    .map(({ name }) => `${alias}.${identifier(name)}`)
    .join(', ')})::text`;
}

/** `one` and `other` have the same values in these columns of the table. */
export function sameKey(table: Table, columns: readonly string[], one: string, other: string): string {
  return columns
    .map((name) => `${one}.${identifier(name)} ${equalsOf(table, name)} ${other}.${identifier(name)}`)
    .join(' AND ');
}

/** At least one of these columns holds another value. */
export function differs(columns: readonly Column[], one: string, other: string): string {
  const comparisons = columns.map((column) => {
    const { name, hasExactEquality, isCollatable } = column;
    const cast = hasExactEquality ? castToCompared(column) : '::text';
    const [left, right] = [`${one}.${identifier(name)}${cast}`, `${other}.${identifier(name)}${cast}`];
    if (!hasExactEquality) return `${left} IS DISTINCT FROM ${right}`;
    // byte by byte, whatever the column's collation calls equal
    return isCollatable ? `${left} COLLATE "C" IS DISTINCT FROM ${right}` : `${left} IS DISTINCT FROM ${right}`;
  });
  return comparisons.length === 0 ? 'false' : `(${comparisons.join(' OR ')})`;
}

/** A number for the whole content of a table, the same in any order of the rows; 64 bits a row, against accidents, not against forgery. */
export function digestOf(table: Table): string {
  return `(SELECT coalesce(pg_catalog.sum(pg_catalog.hashtextextended(${imageOf(table, 'd')}, 0)), 0)::text FROM ${table.sql} d)`;
}
