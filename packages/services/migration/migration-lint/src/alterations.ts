import type { AlterTableCmd, ColumnDef, Constraint, Node, RangeVar } from 'libpg-query';

export interface Alteration {
  table: RangeVar;
  command: AlterTableCmd;
}

/** The parts of an ALTER TABLE. */
export function* alterations(node: Node): Iterable<Alteration> {
  if (!('AlterTableStmt' in node)) return;
  const { relation, cmds, objtype } = node.AlterTableStmt;
  if (relation === undefined || objtype !== 'OBJECT_TABLE') return;
  for (const command of cmds ?? [])
    if ('AlterTableCmd' in command) yield { table: relation, command: command.AlterTableCmd };
}

export interface AddedColumn {
  table: RangeVar;
  column: ColumnDef;
  constraints: Constraint[];
}

/** The columns an ALTER TABLE adds, each with its own constraints. */
export function* addedColumns(node: Node): Iterable<AddedColumn> {
  for (const { table, command } of alterations(node)) {
    if (command.subtype !== 'AT_AddColumn' || command.def === undefined || !('ColumnDef' in command.def)) continue;
    const column = command.def.ColumnDef;
    yield { table, column, constraints: columnConstraints(column) };
  }
}

export interface AddedConstraint {
  table: RangeVar;
  constraint: Constraint;
  /** The column it comes after, when that is added too. */
  column?: ColumnDef;
}

/** What an ALTER TABLE constrains: ADD CONSTRAINT, and the constraints of columns it adds. */
export function* addedConstraints(node: Node): Iterable<AddedConstraint> {
  for (const { table, command } of alterations(node)) {
    if (command.subtype === 'AT_AddConstraint' && command.def !== undefined && 'Constraint' in command.def)
      yield { table, constraint: command.def.Constraint };
  }
  for (const { table, column, constraints } of addedColumns(node))
    for (const constraint of constraints) yield { table, constraint, column };
}

export function columnConstraints(column: ColumnDef): Constraint[] {
  return (column.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

/** The table or materialized view that a statement makes. */
export function newRelation(node: Node): RangeVar | undefined {
  if ('CreateStmt' in node) return node.CreateStmt.relation;
  if ('CreateForeignTableStmt' in node) return node.CreateForeignTableStmt.base?.relation;
  if ('CreateTableAsStmt' in node) return node.CreateTableAsStmt.into?.rel;
  if ('SelectStmt' in node) return node.SelectStmt.intoClause?.rel;
  return undefined;
}

/** The names in a list of strings: keys of a constraint, parts of a name. */
export function strings(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) =>
    'String' in node && node.String.sval !== undefined ? [node.String.sval] : [],
  );
}
