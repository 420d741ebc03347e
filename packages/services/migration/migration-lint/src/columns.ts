import type { AlterTableCmd, ColumnDef, Constraint, Node, RangeVar } from 'libpg-query';
import { addedConstraints, alterations, columnConstraints, strings } from './alterations.ts';
import { type ColumnType, columnType } from './column-type.ts';
import { path } from './paths.ts';
import { serialBase } from './types.ts';

/** What is known of a column; undefined: nothing is. */
export interface KnownColumn {
  name: string;
  type: ColumnType | undefined;
  isNotNull: boolean;
  /** It was, until a statement that was read here dropped that. */
  wasNotNull?: boolean;
  /** A valid CHECK says that it is not NULL, so that SET NOT NULL needs no scan. */
  isProvenNotNull?: boolean;
  /** A valid CHECK of the table is about it: ALTER … TYPE makes it again, and reads the table. */
  isChecked?: boolean;
  /** An index with an expression or a condition has it: ALTER … TYPE builds that again. */
  isInBuiltIndex?: boolean;
  /** Has another collation than its type: ALTER … TYPE takes it away, and builds its indexes again. */
  isCollated?: boolean;
}

/** The columns of tables that are there or were made, as the statements so far have left them. */
export class Columns {
  readonly #tables = new Map<string, Map<string, KnownColumn>>();

  addTable(table: string, columns: readonly KnownColumn[]): void {
    this.#tables.set(table, new Map(columns.map((column) => [column.name, { ...column }])));
  }

  get(table: RangeVar | undefined, column: string | undefined): KnownColumn | undefined {
    return this.#tables.get(path(table))?.get(column ?? '');
  }

  /** Names of the types that a table's columns have; undefined: not all of them are known. */
  typesOf(table: RangeVar): ReadonlySet<string> | undefined {
    const columns = [...(this.#tables.get(path(table))?.values() ?? [undefined])];
    const names = columns.flatMap((column) => column?.type?.name ?? []);
    return names.length === columns.length ? new Set(names) : undefined;
  }

  /** `isMade`: a CREATE TABLE that makes one. */
  observe(node: Node, isMade: boolean): void {
    if ('CreateStmt' in node && isMade) this.#create(node.CreateStmt.relation, node.CreateStmt.tableElts ?? []);
    if ('RenameStmt' in node) this.#rename(node.RenameStmt);
    if ('AlterObjectSchemaStmt' in node) this.#tables.delete(path(node.AlterObjectSchemaStmt.relation));
    if ('IndexStmt' in node) {
      const { relation, indexParams = [], whereClause } = node.IndexStmt;
      const isBuilt = whereClause !== undefined || indexParams.some((one) => 'IndexElem' in one && !one.IndexElem.name);
      if (isBuilt) this.#mark(relation, mentioned([indexParams, whereClause]), { isInBuiltIndex: true });
    }
    for (const { table, command } of alterations(node)) this.#alter(table, command);
    for (const { table, constraint } of addedConstraints(node)) this.#constrain(table, constraint);
  }

  #create(relation: RangeVar | undefined, elements: readonly Node[]): void {
    const isWhole = elements.every((one) => 'ColumnDef' in one || 'Constraint' in one);
    const columns = elements.flatMap((one) => ('ColumnDef' in one ? [defined(one.ColumnDef)] : []));
    if (!isWhole) return;
    this.addTable(path(relation), columns);
    const all = elements.flatMap((one) =>
      'Constraint' in one ? [one.Constraint] : 'ColumnDef' in one ? columnConstraints(one.ColumnDef) : [],
    );
    for (const constraint of all) this.#constrain(relation, constraint);
  }

  #rename({ renameType, relation, subname, newname = '' }: Extract<Node, { RenameStmt: unknown }>['RenameStmt']): void {
    const columns = this.#tables.get(path(relation));
    if (columns === undefined) return;
    if (renameType === 'OBJECT_TABLE') {
      this.#tables.delete(path(relation));
      this.#tables.set(path({ ...relation, relname: newname }), columns);
    } else if (renameType === 'OBJECT_COLUMN') {
      const column = columns.get(subname ?? '');
      columns.delete(subname ?? '');
      if (column !== undefined) columns.set(newname, { ...column, name: newname });
    }
  }

  #alter(table: RangeVar, { subtype, name = '', def, missing_ok }: AlterTableCmd): void {
    const columns = this.#tables.get(path(table));
    const column = columns?.get(name);
    const definition = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined;
    if (subtype === 'AT_AddColumn' && definition !== undefined) {
      if (!(missing_ok && columns?.has(definition.colname ?? '')))
        columns?.set(definition.colname ?? '', defined(definition));
    } else if (subtype === 'AT_DropColumn') columns?.delete(name);
    else if (column === undefined) return;
    else if (subtype === 'AT_SetNotNull') column.isNotNull = true;
    else if (subtype === 'AT_DropNotNull') Object.assign(column, { isNotNull: false, wasNotNull: column.isNotNull });
    else if (subtype === 'AT_AlterColumnType' && definition !== undefined)
      Object.assign(column, { type: columnType(definition.typeName), isCollated: definition.collClause !== undefined });
  }

  #constrain(table: RangeVar | undefined, { contype, keys, raw_expr, skip_validation }: Constraint): void {
    if (contype === 'CONSTR_PRIMARY' || (contype === 'CONSTR_NOTNULL' && !skip_validation))
      this.#mark(table, strings(keys), { isNotNull: true });
    if (contype === 'CONSTR_CHECK' && !skip_validation) this.#mark(table, mentioned(raw_expr), { isChecked: true });
  }

  #mark(table: RangeVar | undefined, names: readonly string[], what: Partial<KnownColumn>): void {
    for (const name of names) Object.assign(this.get(table, name) ?? {}, what);
  }
}

function defined(column: ColumnDef): KnownColumn {
  const kinds = columnConstraints(column).map(({ contype }) => contype);
  return {
    name: column.colname ?? '',
    type: columnType(column.typeName),
    isNotNull:
      kinds.some((kind) => kind === 'CONSTR_NOTNULL' || kind === 'CONSTR_PRIMARY' || kind === 'CONSTR_IDENTITY') ||
      serialBase(column.typeName) !== undefined,
    isCollated: column.collClause !== undefined,
  };
}

/** The columns that an expression, or the keys of an index, name. It may be nested deeper than a stack. */
function mentioned(part: unknown): string[] {
  const names: string[] = [];
  const open = [part];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    const { ColumnRef, IndexElem } = one as { ColumnRef?: { fields?: Node[] }; IndexElem?: { name?: string } };
    if (ColumnRef !== undefined) names.push(...strings(ColumnRef.fields).slice(-1));
    if (IndexElem?.name !== undefined) names.push(IndexElem.name);
    for (const inner of Object.values(one)) open.push(inner);
  }
  return names;
}
