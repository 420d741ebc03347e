import { firstServerWith, type ServerFeature, serverHas } from '@opsgraph/postgres/server-features';
import type { Constraint, Node } from 'libpg-query';
import { addedConstraints, columnConstraints } from '../alterations.ts';
import type { Rule } from '../rule.ts';

export const newerSyntax: Rule = {
  name: 'newer-syntax',
  summary: 'A statement needs a newer PostgreSQL than the oldest one that is used',
  *check({ node }, { version }) {
    for (const feature of used(node)) {
      if (serverHas(version, feature)) continue;
      yield {
        level: 'error',
        message: `${feature} needs PostgreSQL ${firstServerWith(feature)}, and it must run on ${Math.floor(version / 10000)}`,
        blocks: 'the migration itself: it fails here',
        lasts: 'does-not-run',
      };
    }
  },
};

function* used(node: Node): Iterable<ServerFeature> {
  if ('MergeStmt' in node) yield 'MERGE';
  if ('MergeStmt' in node && node.MergeStmt.returningClause !== undefined) yield 'MERGE … RETURNING';
  if ('IndexStmt' in node && node.IndexStmt.nulls_not_distinct) yield 'NULLS NOT DISTINCT';
  for (const { constraint, isOfColumn } of constraints(node)) {
    if (constraint.nulls_not_distinct) yield 'NULLS NOT DISTINCT';
    if (constraint.contype === 'CONSTR_NOTNULL' && !isOfColumn) yield 'NOT NULL constraints';
    if (constraint.generated_kind === 'v') yield 'VIRTUAL generated columns';
    const isCheckable = constraint.contype === 'CONSTR_CHECK' || constraint.contype === 'CONSTR_FOREIGN';
    const isUnenforced = isCheckable && constraint.is_enforced !== true;
    // behind a column it is an element of its own
    if (isUnenforced || constraint.contype === 'CONSTR_ATTR_NOT_ENFORCED') yield 'NOT ENFORCED';
  }
}

/** Those that a statement gives to a table, new or not, and to its columns. */
function* constraints(node: Node): Iterable<{ constraint: Constraint; isOfColumn: boolean }> {
  for (const { constraint, column } of addedConstraints(node)) yield { constraint, isOfColumn: column !== undefined };
  for (const element of 'CreateStmt' in node ? (node.CreateStmt.tableElts ?? []) : []) {
    if ('Constraint' in element) yield { constraint: element.Constraint, isOfColumn: false };
    if ('ColumnDef' in element)
      for (const constraint of columnConstraints(element.ColumnDef)) yield { constraint, isOfColumn: true };
  }
}
