import { rawNumber } from '../read/parse-row.ts';
import { special } from '../read/row.ts';
import type { StagedColumn } from './plan-set.ts';

/** A value of a file as a cell of COPY's text format, or why it cannot be one. `isJson`: it came from JSON, not CSV. */
export function encodeValue(
  value: unknown,
  { column }: StagedColumn,
  isJson: boolean,
  isPlain: boolean,
): string | { problem: string } {
  if (value === null || value === undefined) return '\\N';
  if (isJson && column.isJson) return encodeText(JSON.stringify(value));
  switch (typeof value) {
    case 'string':
      return isPlain ? value : encodeText(value);
    case 'number':
    case 'boolean':
      return String(value);
  }
  const number = rawNumber(value as object);
  if (number !== undefined) return number;
  if (Array.isArray(value) && column.isArray) return encodeText(arrayLiteral(value));
  return { problem: `expected ${column.type}, found ${Array.isArray(value) ? 'an array' : 'an object'}` };
}

function encodeText(text: string): string | { problem: string } {
  if (!text.isWellFormed()) return { problem: 'half of a \\ud… pair lacks its other half, and is not a character' };
  if (!special.test(text)) return text;
  if (text.includes('\0')) return { problem: 'a NUL character, which PostgreSQL cannot store' };
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function arrayLiteral(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (value === null) return 'NULL';
    if (Array.isArray(value)) return arrayLiteral(value);
    const text = typeof value === 'object' ? (rawNumber(value) ?? JSON.stringify(value)) : String(value);
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${items.join(',')}}`;
}
