import type { Node, RangeVar } from 'libpg-query';

/** Parse trees and names as SQL that can be pasted. */
export interface Printer {
  /** On one line, without a semicolon. */
  node(node: Node): string;
  name(name: string): string;
  table(relation: RangeVar | undefined): string;
}

export async function loadPrinter(): Promise<Printer> {
  const { Deparser, QuoteUtils } = await import('pgsql-deparser');
  const name = (text: string): string => QuoteUtils.quoteIdentifier(text);
  return {
    node: (node) => {
      try {
        return Deparser.deparse(node, { pretty: false }).trim();
      } catch {
        // Expressions nested thousands deep exceed its stack; the finding is worth more than its safe form.
        return '…';
      }
    },
    name,
    table: (relation) =>
      [relation?.schemaname, relation?.relname]
        .filter((part) => part !== undefined && part !== '')
        .map((part) => name(part as string))
        .join('.'),
  };
}

/** The name PostgreSQL would give: table_columns_suffix within 63 bytes. */
export function defaultName(
  table: string | undefined,
  columns: readonly (string | undefined)[],
  suffix: string,
): string {
  const words = [table, ...columns].filter((word) => word !== undefined).join('_');
  let length = 62 - suffix.length;
  while (Buffer.byteLength(words.slice(0, length)) > 62 - suffix.length) length -= 1;
  return `${words.slice(0, length)}_${suffix}`;
}
