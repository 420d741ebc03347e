import type { Node, RangeVar, TypeName } from 'libpg-query';
import { strings } from '../alterations.ts';
import type { Known } from '../known.ts';
import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';

export const enumValueUsed: Rule = {
  name: 'enum-value-used',
  summary: 'A value that a transaction adds to an enum cannot be used before it is committed',
  *check({ node }, { known, print }) {
    if (known.enums.added.length === 0 || 'AlterEnumStmt' in node) return;
    const { texts, types, tables } = read(node);
    const used = known.enums.added.find(
      ({ type, value }) => texts.has(value) && mayBeOfType(last(type), types, tables, known),
    );
    if (used === undefined) return;
    yield {
      level: 'error',
      message: `it uses '${used.value}', which this transaction has added to ${print.name(last(used.type))}: the server refuses that until it is committed`,
      blocks: 'the migration itself: it fails',
      lasts: 'does-not-run',
      safe: [
        inTransaction(`-- the ALTER TYPE … ADD VALUE alone, in a migration before this one`),
        inTransaction('-- then what uses the value'),
      ],
    };
  },
};

/** A text may be meant for another column: not where every table is known and none has the enum. */
function mayBeOfType(type: string, types: ReadonlySet<string>, tables: readonly RangeVar[], known: Known): boolean {
  if (types.has(type)) return true;
  const names = tables.map((table) => known.columns.typesOf(table));
  return tables.length === 0 || names.some((some) => some === undefined || some.has(type));
}

/** The texts, types and tables that a statement names, however deep. */
function read(node: Node): { texts: Set<string>; types: Set<string>; tables: RangeVar[] } {
  const found = { texts: new Set<string>(), types: new Set<string>(), tables: [] as RangeVar[] };
  const open: unknown[] = [node];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    const { A_Const, RangeVar, relation, typeName } = one as {
      A_Const?: { sval?: { sval?: string } };
      RangeVar?: RangeVar;
      relation?: RangeVar;
      typeName?: TypeName;
    };
    if (A_Const?.sval?.sval !== undefined) found.texts.add(A_Const.sval.sval);
    for (const table of [RangeVar, relation]) if (table?.relname !== undefined) found.tables.push(table);
    for (const name of strings(typeName?.names).slice(-1)) found.types.add(name);
    for (const inner of Object.values(one)) open.push(inner);
  }
  return found;
}

function last(type: string): string {
  return type.split('.').at(-1)!;
}
