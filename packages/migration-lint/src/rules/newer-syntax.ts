import type { Node } from 'libpg-query';
import { addedColumns, addedConstraints, columnConstraints } from '../alterations.ts';
import type { Rule } from '../rule.ts';

export const newerSyntax: Rule = {
  name: 'newer-syntax',
  summary: 'A statement needs a newer PostgreSQL than the oldest one that is used',
  *check({ node }, { version }) {
    for (const [what, since] of used(node)) {
      if (version >= since * 10000) continue;
      yield {
        level: 'error',
        message: `${what} needs PostgreSQL ${since}, and it must run on ${Math.floor(version / 10000)}`,
        blocks: 'the migration itself: it fails here',
        lasts: 'does-not-run',
      };
    }
  },
};

function* used(node: Node): Iterable<[what: string, since: number]> {
  if ('MergeStmt' in node) yield ['MERGE', 15];
  if ('MergeStmt' in node && node.MergeStmt.returningClause !== undefined) yield ['MERGE … RETURNING', 17];
  if ('IndexStmt' in node && node.IndexStmt.nulls_not_distinct) yield ['NULLS NOT DISTINCT', 15];
  for (const { constraint } of addedConstraints(node)) {
    if (constraint.nulls_not_distinct) yield ['NULLS NOT DISTINCT', 15];
    if (constraint.contype === 'CONSTR_NOTNULL' && constraint.skip_validation) yield ['NOT NULL … NOT VALID', 18];
    const isCheckable = constraint.contype === 'CONSTR_CHECK' || constraint.contype === 'CONSTR_FOREIGN';
    if (isCheckable && constraint.is_enforced !== true) yield ['NOT ENFORCED', 18];
  }
  const columns = [
    ...[...addedColumns(node)].map(({ column }) => column),
    ...('CreateStmt' in node ? (node.CreateStmt.tableElts ?? []) : []).flatMap((one) =>
      'ColumnDef' in one ? [one.ColumnDef] : [],
    ),
  ];
  for (const column of columns)
    if (columnConstraints(column).some(({ generated_kind }) => generated_kind === 'v'))
      yield ['a VIRTUAL generated column', 18];
}
