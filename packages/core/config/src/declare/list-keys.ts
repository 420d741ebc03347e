import type { Key, KeyTable } from './key.ts';

/** Every key of the table with its dotted name, in the table's order. */
export function listKeys(table: KeyTable, prefix = ''): { key: string; spec: Key }[] {
  return Object.entries(table).flatMap(([name, entry]) =>
    entry.type === 'key' ? [{ key: `${prefix}${name}`, spec: entry }] : listKeys(entry.keys, `${prefix}${name}.`),
  );
}
