import type { Node, RangeVar } from 'libpg-query';

/** Parse trees and names as SQL that can be pasted. */
export interface Printer {
  /** A part of a statement, on one line. */
  node(node: Node): string;
  /** A whole statement without its semicolon; undefined when what was written would not be read as the same. */
  statement(node: Node): string | undefined;
  name(name: string): string;
  table(relation: RangeVar | undefined): string;
}

export async function loadPrinter(): Promise<Printer> {
  const [{ Deparser, QuoteUtils }, { loadModule, parseSync }] = await Promise.all([
    import('pgsql-deparser'),
    import('libpg-query'),
  ]);
  await loadModule();
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
    statement: (node) => {
      try {
        const sql = Deparser.deparse(node, { pretty: false }).trim();
        return canonical(parseSync(sql).stmts?.[0]?.stmt) === canonical(node) ? sql : undefined;
      } catch {
        return undefined;
      }
    },
    table: (relation) =>
      [relation?.schemaname, relation?.relname]
        .filter((part) => part !== undefined && part !== '')
        .map((part) => name(part as string))
        .join('.'),
  };
}

/** A parse tree without the places in the text and without the order in which its parts were set. */
function canonical(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => {
    if (key === 'location') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
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
