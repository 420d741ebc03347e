import type { Node, RangeVar } from 'libpg-query';
import { addedConstraints, alterations, columnConstraints, strings } from './alterations.ts';
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
  if ('CreateStmt' in node)
    for (const referenced of referencedTables(node.CreateStmt.tableElts)) lock('SHARE ROW EXCLUSIVE', referenced);
  if ('CreatePolicyStmt' in node) lock('ACCESS EXCLUSIVE', node.CreatePolicyStmt.table);
  if ('AlterPolicyStmt' in node) lock('ACCESS EXCLUSIVE', node.AlterPolicyStmt.table);
  if ('RuleStmt' in node) lock('ACCESS EXCLUSIVE', node.RuleStmt.relation);
  if ('DropStmt' in node && partsOfTables.has(node.DropStmt.removeType))
    for (const object of node.DropStmt.objects ?? []) lock('ACCESS EXCLUSIVE', namedBefore(object));
  if ('DropStmt' in node && droppedTables.has(node.DropStmt.removeType))
    for (const object of node.DropStmt.objects ?? []) lock('ACCESS EXCLUSIVE', named(object));
  if ('TruncateStmt' in node)
    for (const table of node.TruncateStmt.relations ?? [])
      if ('RangeVar' in table) lock('ACCESS EXCLUSIVE', table.RangeVar);
  if ('LockStmt' in node && (node.LockStmt.mode ?? 0) >= shareLock)
    for (const table of node.LockStmt.relations ?? [])
      if ('RangeVar' in table) lock('ACCESS EXCLUSIVE', table.RangeVar);
  if ('ReindexStmt' in node && !isConcurrent(node.ReindexStmt.params)) lock('SHARE', node.ReindexStmt.relation);
  if ('ClusterStmt' in node) lock('ACCESS EXCLUSIVE', node.ClusterStmt.relation);
  if ('RefreshMatViewStmt' in node)
    lock(node.RefreshMatViewStmt.concurrent ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE', node.RefreshMatViewStmt.relation);
  return locks;
}

/** The number of SHARE in the server's list of lock modes; the weaker ones stop neither reads nor writes. */
const shareLock = 5;

const droppedTables = new Set<string | undefined>(['OBJECT_TABLE', 'OBJECT_MATVIEW', 'OBJECT_VIEW', 'OBJECT_INDEX']);

const partsOfTables = new Set<string | undefined>(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

/** The table whose trigger, policy or rule a DROP names. */
function namedBefore(object: Node): RangeVar | undefined {
  return 'List' in object ? named({ List: { items: (object.List.items ?? []).slice(0, -1) } }) : undefined;
}

/** What a DROP names; of an index its own name stands for the table, which the statement does not tell. */
function named(object: Node): RangeVar {
  const [relname = '', schemaname] = strings('List' in object ? object.List.items : [object]).toReversed();
  return { relname, ...(schemaname !== undefined && { schemaname }) };
}

/** The tables that the foreign keys of a new table lead to. */
function referencedTables(elements: readonly Node[] | undefined): RangeVar[] {
  return (elements ?? [])
    .flatMap((one) =>
      'ColumnDef' in one ? columnConstraints(one.ColumnDef) : 'Constraint' in one ? [one.Constraint] : [],
    )
    .flatMap(({ pktable }) => (pktable === undefined ? [] : [pktable]));
}

function isConcurrent(params: readonly Node[] | undefined): boolean {
  return params?.some((one) => 'DefElem' in one && one.DefElem.defname === 'concurrently') ?? false;
}
