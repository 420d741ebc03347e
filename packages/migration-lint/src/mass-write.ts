import type { Node, RangeVar } from 'libpg-query';
import type { Known } from './known.ts';

export interface MassWrite {
  verb: 'UPDATE' | 'DELETE' | 'INSERT';
  relation: RangeVar;
  isWhole: boolean;
}

/** A statement that may change many rows of a table in use; INSERT … VALUES is not one. */
export function massWrite(node: Node, known: Known): MassWrite | undefined {
  const write = read(node);
  return write === undefined || known.isNewTable(write.relation) ? undefined : write;
}

function read(node: Node): MassWrite | undefined {
  if ('UpdateStmt' in node && node.UpdateStmt.relation !== undefined)
    return { verb: 'UPDATE', relation: node.UpdateStmt.relation, isWhole: node.UpdateStmt.whereClause === undefined };
  if ('DeleteStmt' in node && node.DeleteStmt.relation !== undefined)
    return { verb: 'DELETE', relation: node.DeleteStmt.relation, isWhole: node.DeleteStmt.whereClause === undefined };
  if ('InsertStmt' in node && node.InsertStmt.relation !== undefined) {
    const { selectStmt, relation } = node.InsertStmt;
    const isSelect =
      selectStmt !== undefined && 'SelectStmt' in selectStmt && selectStmt.SelectStmt.fromClause !== undefined;
    return isSelect ? { verb: 'INSERT', relation, isWhole: false } : undefined;
  }
  return undefined;
}
