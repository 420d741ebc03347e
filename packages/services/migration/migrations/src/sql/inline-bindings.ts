import { literal } from '@opsgraph/postgres';

/** A statement with $1, $2, … replaced by its values, for people to read. */
export function inlineBindings(sql: string, bindings: readonly unknown[]): string {
  if (bindings.length === 0) return sql;
  return sql.replace(/\$(\d+)\b/g, (placeholder, number: string) => {
    const index = Number(number) - 1;
    return index in bindings ? shown(bindings[index]) : placeholder;
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return literal(value.toISOString());
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (Array.isArray(value)) return `ARRAY[${value.map(shown).join(', ')}]`;
  return literal(typeof value === 'object' ? JSON.stringify(value) : String(value)).trim();
}
