import type { SchemaDifference } from './compare-schemas.ts';
import type { Schema } from './schema-object.ts';

/**
 * Tables that have the same columns in another order: what `INSERT` without a
 * list of columns and `SELECT *` depend on. Not part of compareSchemas, since
 * no down can put a column back to its place.
 */
export function compareColumnOrder(wanted: Schema, found: Schema): SchemaDifference[] {
  const [first, second] = [columnsOf(wanted), columnsOf(found)];
  return [...first].flatMap(([table, columns]): SchemaDifference[] => {
    const others = second.get(table) ?? [];
    if (columns.join() === others.join() || columns.toSorted().join() !== others.toSorted().join()) return [];
    const say = (names: readonly string[]): string => names.map((name) => name.slice(table.length + 1)).join(', ');
    return [{ what: 'changed', kind: 'column order', name: table, wanted: say(columns), found: say(others) }];
  });
}

function columnsOf(schema: Schema): Map<string, string[]> {
  const columns = schema.filter(({ kind }) => kind === 'column');
  const tables = Map.groupBy(columns, ({ relation }) => relation!);
  return new Map([...tables].map(([table, own]) => [table, own.map(({ name }) => name)]));
}
