import type { Constraint, Node, RangeVar } from 'libpg-query';
import { addedConstraints, alterations, newRelation } from './alterations.ts';
import { Columns, type KnownColumn } from './columns.ts';
import { EnumValues } from './enum-values.ts';
import type { LockMode } from './finding.ts';
import { strongestLock } from './locks-taken.ts';
import { dotted, path } from './paths.ts';
import type { Statement } from './read-statements.ts';

interface NotValid {
  table: string;
  /** Of a CHECK (column IS NOT NULL). */
  column: string | undefined;
  transaction: number;
}

/** A table that is there before the first statement. */
export interface KnownTable {
  schema: string;
  name: string;
  isPartitioned: boolean;
  /** Whether its bare name means it. */
  isVisible?: boolean;
  columns?: readonly KnownColumn[];
}

/**
 * What the statements read so far have made: a table of the same file is not
 * in use yet, a validated CHECK makes SET NOT NULL cheap. Constraints are
 * remembered across files, because adding and validating belong in two.
 */
export class Known {
  readonly columns = new Columns();
  readonly enums = new EnumValues();
  readonly #objects = new Set<string>();
  /** Tables that were there before the file. */
  readonly #former = new Set<string>();
  readonly #partitioned = new Set<string>();
  readonly #indexes = new Map<string, RangeVar>();
  readonly #notValid = new Map<string, NotValid>();
  readonly #validated = new Set<string>();
  readonly #locked = new Map<string, { mode: LockMode; relation: RangeVar }>();
  #transaction = 0;
  #hasLocked = false;
  #hasLockTimeout = false;
  #isUtc: boolean | undefined;
  #isFileTransaction = false;
  #isOpen = false;

  constructor(tables: readonly KnownTable[] = []) {
    for (const { schema, name, isPartitioned, isVisible = false, columns } of tables) {
      // A bare name is taken for one of public, wherever the search_path finds it.
      for (const path of new Set([`${schema}.${name}`, ...(isVisible ? [`public.${name}`] : [])])) {
        this.#former.add(`table ${path}`);
        if (isPartitioned) this.#partitioned.add(path);
        if (columns !== undefined) this.columns.addTable(path, columns);
      }
    }
  }

  /** A further file begins: what the last one made is in use from now on. */
  beginFile(transaction: boolean): void {
    for (const object of this.#objects) this.#former.add(object);
    this.#objects.clear();
    this.#indexes.clear();
    this.#endTransaction();
    this.#isFileTransaction = transaction;
    this.#isOpen = false;
    this.#hasLocked = false;
    this.#hasLockTimeout = false;
    this.#isUtc = undefined;
  }

  get isInTransaction(): boolean {
    return this.#isFileTransaction || this.#isOpen;
  }

  get hasOpenTransaction(): boolean {
    return this.#isOpen;
  }

  get isFileTransaction(): boolean {
    return this.#isFileTransaction;
  }

  isNewTable(relation: RangeVar | undefined): boolean {
    return relation !== undefined && (relation.relpersistence === 't' || this.isNew('table', path(relation)));
  }

  /** Whether it is known to have partitions, which changes what can be done to it beside running code. */
  isPartitioned(relation: RangeVar | undefined): boolean {
    return this.#partitioned.has(path(relation));
  }

  isNew(kind: 'table' | 'type' | 'schema', name: string): boolean {
    return this.#objects.has(`${kind} ${name}`);
  }

  /** Of an index that the file made, and that is still there. */
  isIndexOfNewTable(name: string): boolean {
    return this.isNewTable(this.#indexes.get(name));
  }

  /** A relation that nobody else can be using: a new table, or an index of one. */
  isUnused(relation: RangeVar): boolean {
    return this.isNewTable(relation) || this.isIndexOfNewTable(relation.relname ?? '');
  }

  /** Whether every row is known to have a value, so that SET NOT NULL needs no scan. */
  isValidatedNotNull(relation: RangeVar | undefined, column: string | undefined): boolean {
    return this.#validated.has(`${path(relation)}.${column}`) || this.#validated.has(`${path(relation)}.*`);
  }

  /** Whether this NOT VALID constraint was added in the transaction that runs now. */
  wasAddedInThisTransaction(relation: RangeVar | undefined, constraint: string | undefined): boolean {
    const added = this.#notValid.get(`${path(relation)}.${constraint}`);
    return this.isInTransaction && added?.transaction === this.#transaction;
  }

  /** Locks on existing tables that the running transaction holds until it ends. */
  get locksHeld(): { mode: LockMode; relation: RangeVar }[] {
    return [...this.#locked.values()];
  }

  /** Whether a statement before has locked an existing table. */
  get hasLocked(): boolean {
    return this.#hasLocked;
  }

  /** Whether the file has said one itself. */
  get hasLockTimeout(): boolean {
    return this.#hasLockTimeout;
  }

  /** Whether the file has set its time zone to UTC, or to another; undefined: to none. */
  get isUtc(): boolean | undefined {
    return this.#isUtc;
  }

  observe({ node }: Pick<Statement, 'node'>): void {
    if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'lock_timeout') this.#hasLockTimeout = true;
    if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'timezone')
      this.#isUtc = /"(UTC|GMT|Etc\/UTC)"/i.test(JSON.stringify(node.VariableSetStmt.args ?? []));
    if ('TransactionStmt' in node) this.#observeTransaction(node.TransactionStmt.kind);
    const made = newRelation(node);
    const isMade = made !== undefined && !this.#wasThere(node, made);
    if (isMade) this.#objects.add(`table ${path(made)}`);
    this.columns.observe(node, isMade);
    this.enums.observe(node, (type) => this.isNew('type', type));
    if ('CreateStmt' in node && node.CreateStmt.partspec !== undefined) this.#partitioned.add(path(made));
    this.#observeLock(node);
    this.#observeNames(node);
    this.#observeConstraints(node);
    if (!this.isInTransaction) this.#endTransaction();
  }

  /** IF NOT EXISTS makes nothing then. */
  #wasThere(node: Node, relation: RangeVar): boolean {
    const isAsked =
      ('CreateStmt' in node && node.CreateStmt.if_not_exists) ||
      ('CreateTableAsStmt' in node && node.CreateTableAsStmt.if_not_exists);
    return isAsked === true && this.#former.has(`table ${path(relation)}`);
  }

  #observeTransaction(kind: string | undefined): void {
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') this.#isOpen = true;
    else if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_PREPARE') {
      this.#isOpen = false;
      this.#endTransaction();
    }
  }

  #endTransaction(): void {
    this.#transaction += 1;
    this.#locked.clear();
    this.enums.endTransaction();
  }

  #observeLock(node: Node): void {
    for (const { mode, relation } of strongestLock(node)) {
      if (this.isUnused(relation)) continue;
      this.#locked.set(path(relation), { mode, relation });
      this.#hasLocked = true;
    }
  }

  #observeNames(node: Node): void {
    if ('IndexStmt' in node && node.IndexStmt.idxname !== undefined && node.IndexStmt.relation !== undefined)
      this.#indexes.set(node.IndexStmt.idxname, node.IndexStmt.relation);
    if ('CreateEnumStmt' in node) this.#objects.add(`type ${dotted(node.CreateEnumStmt.typeName)}`);
    if ('CreateDomainStmt' in node) this.#objects.add(`type ${dotted(node.CreateDomainStmt.domainname)}`);
    if ('CreateSchemaStmt' in node) this.#objects.add(`schema ${node.CreateSchemaStmt.schemaname}`);
    if ('RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_TABLE') {
      const { relation, newname } = node.RenameStmt;
      if (this.isNewTable(relation)) this.#objects.add(`table ${path({ ...relation, relname: newname ?? '' })}`);
    }
  }

  #observeConstraints(node: Node): void {
    for (const { table, constraint } of addedConstraints(node)) {
      if (!constraint.skip_validation || constraint.conname === undefined) continue;
      this.#notValid.set(`${path(table)}.${constraint.conname}`, {
        table: path(table),
        column: notNullColumn(constraint),
        transaction: this.#transaction,
      });
    }
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_ValidateConstraint') continue;
      const added = this.#notValid.get(`${path(table)}.${command.name}`);
      // Added by a file that was not read: what it checks is not known, so it gets the benefit of the doubt.
      if (added === undefined) this.#validated.add(`${path(table)}.*`);
      else if (added.column !== undefined) this.#validated.add(`${path(table)}.${added.column}`);
    }
  }
}

function notNullColumn({ contype, raw_expr, keys }: Constraint): string | undefined {
  if (contype === 'CONSTR_NOTNULL' && keys?.[0] !== undefined && 'String' in keys[0]) return keys[0].String.sval;
  if (raw_expr === undefined || !('NullTest' in raw_expr) || raw_expr.NullTest.nulltesttype !== 'IS_NOT_NULL')
    return undefined;
  const { arg } = raw_expr.NullTest;
  const [field] = arg !== undefined && 'ColumnRef' in arg ? (arg.ColumnRef.fields ?? []) : [];
  return field !== undefined && 'String' in field ? field.String.sval : undefined;
}
