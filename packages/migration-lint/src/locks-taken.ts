import type { Node, RangeVar } from 'libpg-query';
import { addedConstraints, alterations } from './alterations.ts';
import type { LockMode } from './finding.ts';

/** Parts of an ALTER TABLE that others hardly notice: SHARE UPDATE EXCLUSIVE stops neither reads nor writes. */
const gentle = new Set<string | undefined>([
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_AttachPartition',
]);

/** The locks of DDL that stop reads or writes of a table, and that a transaction keeps to its end. */
export function strongestLock(node: Node): { mode: LockMode; relation: RangeVar }[] {
  const locks: { mode: LockMode; relation: RangeVar }[] = [];
  const lock = (mode: LockMode, relation: RangeVar | undefined): void => {
    if (relation !== undefined) locks.push({ mode, relation });
  };
  const commands = [...alterations(node)];
  if (commands.some(({ command }) => !gentle.has(command.subtype))) lock('ACCESS EXCLUSIVE', commands[0]?.table);
  for (const { constraint } of addedConstraints(node)) lock('SHARE ROW EXCLUSIVE', constraint.pktable);
  if ('IndexStmt' in node && !node.IndexStmt.concurrent) lock('SHARE', node.IndexStmt.relation);
  if ('RenameStmt' in node) lock('ACCESS EXCLUSIVE', node.RenameStmt.relation);
  if ('AlterObjectSchemaStmt' in node) lock('ACCESS EXCLUSIVE', node.AlterObjectSchemaStmt.relation);
  if ('CreateTrigStmt' in node) lock('SHARE ROW EXCLUSIVE', node.CreateTrigStmt.relation);
  if ('TruncateStmt' in node)
    for (const table of node.TruncateStmt.relations ?? [])
      if ('RangeVar' in table) lock('ACCESS EXCLUSIVE', table.RangeVar);
  if ('LockStmt' in node && (node.LockStmt.mode ?? 0) >= 5)
    for (const table of node.LockStmt.relations ?? [])
      if ('RangeVar' in table) lock('ACCESS EXCLUSIVE', table.RangeVar);
  return locks;
}
