import type { Node, RangeVar, WithClause } from 'libpg-query';
import type { Known } from './known.ts';

export interface MassWrite {
  verb: 'UPDATE' | 'DELETE' | 'INSERT' | 'MERGE';
  relation: RangeVar;
  /** Every row of it. */
  isWhole: boolean;
}

/** A statement, or a WITH in it, that may change many rows of a table in use; INSERT … VALUES does not. */
export function massWrite(node: Node, known: Known): MassWrite | undefined {
  for (const write of writes(node)) if (!known.isNewTable(write.relation)) return write;
  return undefined;
}

function* writes(node: Node): Iterable<MassWrite> {
  if ('UpdateStmt' in node) {
    const { relation, whereClause, fromClause, withClause } = node.UpdateStmt;
    yield* inner(withClause);
    if (relation !== undefined)
      yield { verb: 'UPDATE', relation, isWhole: isAlwaysTrue(whereClause) && fromClause === undefined };
  }
  if ('DeleteStmt' in node) {
    const { relation, whereClause, usingClause, withClause } = node.DeleteStmt;
    yield* inner(withClause);
    if (relation !== undefined)
      yield { verb: 'DELETE', relation, isWhole: isAlwaysTrue(whereClause) && usingClause === undefined };
  }
  if ('InsertStmt' in node) {
    const { selectStmt, relation, withClause } = node.InsertStmt;
    yield* inner(withClause);
    const isSelect =
      selectStmt !== undefined && 'SelectStmt' in selectStmt && selectStmt.SelectStmt.fromClause !== undefined;
    if (isSelect && relation !== undefined) yield { verb: 'INSERT', relation, isWhole: false };
  }
  if ('MergeStmt' in node) {
    yield* inner(node.MergeStmt.withClause);
    if (node.MergeStmt.relation !== undefined)
      yield { verb: 'MERGE', relation: node.MergeStmt.relation, isWhole: false };
  }
  if ('SelectStmt' in node) yield* inner(node.SelectStmt.withClause);
}

/** No condition, or one that names no column: `true`, `1 = 1`. */
function isAlwaysTrue(condition: Node | undefined): boolean {
  if (condition === undefined) return true;
  if ('A_Const' in condition) return condition.A_Const.boolval?.boolval === true;
  if (!('A_Expr' in condition)) return false;
  const { lexpr, rexpr, name } = condition.A_Expr;
  const [operator] = name ?? [];
  const isEquals = operator !== undefined && 'String' in operator && operator.String.sval === '=';
  const isConstant = (node: Node | undefined): boolean => node !== undefined && 'A_Const' in node;
  return isEquals && isConstant(lexpr) && isConstant(rexpr) && constant(lexpr) === constant(rexpr);
}

function constant(node: Node | undefined): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'location' ? undefined : value));
}

function* inner(clause: WithClause | undefined): Iterable<MassWrite> {
  for (const one of clause?.ctes ?? []) {
    const query = 'CommonTableExpr' in one ? one.CommonTableExpr.ctequery : undefined;
    if (query !== undefined) yield* writes(query);
  }
}
