import type { ColumnDef, Node, TypeName } from 'libpg-query';
import { alterations, columnConstraints, strings } from './alterations.ts';

export interface DefinedColumn {
  name: string;
  type: TypeName;
  column: ColumnDef;
  isPrimaryKey: boolean;
  isIdentity: boolean;
}

/** The columns whose type a statement says: CREATE TABLE, ADD COLUMN, ALTER COLUMN … TYPE. */
export function* definedColumns(node: Node): Iterable<DefinedColumn> {
  // A temporary table has no later.
  if ('CreateStmt' in node && node.CreateStmt.relation?.relpersistence === 't') return;
  const keys = 'CreateStmt' in node ? primaryKey(node.CreateStmt.tableElts) : [];
  const elements = 'CreateStmt' in node ? (node.CreateStmt.tableElts ?? []) : [];
  for (const element of elements) if ('ColumnDef' in element) yield* defined(element.ColumnDef, keys);
  for (const { command } of alterations(node)) {
    if (command.def === undefined || !('ColumnDef' in command.def)) continue;
    if (command.subtype === 'AT_AddColumn') yield* defined(command.def.ColumnDef, []);
    if (command.subtype === 'AT_AlterColumnType')
      yield* defined({ ...command.def.ColumnDef, colname: command.name ?? '' }, []);
  }
}

function* defined(column: ColumnDef, keys: readonly string[]): Iterable<DefinedColumn> {
  const { colname: name = '', typeName: type } = column;
  if (type === undefined) return;
  const kinds = columnConstraints(column).map(({ contype }) => contype);
  yield {
    name,
    type,
    column,
    isPrimaryKey: keys.includes(name) || kinds.includes('CONSTR_PRIMARY'),
    isIdentity: kinds.includes('CONSTR_IDENTITY'),
  };
}

function primaryKey(elements: readonly Node[] | undefined): string[] {
  return (elements ?? []).flatMap((element) =>
    'Constraint' in element && element.Constraint.contype === 'CONSTR_PRIMARY' ? strings(element.Constraint.keys) : [],
  );
}

/** The last part of a type's name as the catalogue has it: int4, bpchar, timestamp. */
function typeName(type: TypeName | undefined): string {
  return strings(type?.names).at(-1) ?? '';
}

const serials = new Map([
  ['serial', 'integer'],
  ['serial4', 'integer'],
  ['bigserial', 'bigint'],
  ['serial8', 'bigint'],
  ['smallserial', 'smallint'],
  ['serial2', 'smallint'],
]);

/** The integer type behind a serial; undefined when it is none. */
export function serialBase(type: TypeName | undefined): string | undefined {
  return strings(type?.names).length === 1 ? serials.get(typeName(type)) : undefined;
}

/** The name of a built-in type, however it was written; undefined for one of the project's own. */
export function builtin(type: TypeName): string | undefined {
  const names = strings(type.names);
  return names.length === 1 || names[0] === 'pg_catalog' ? names.at(-1) : undefined;
}
