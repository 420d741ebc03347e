import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { DataSet } from '../data-set.ts';
import { describeMissing } from '../table/describe-missing.ts';
import { readTable } from '../table/read-table.ts';
import type { Column, Table } from '../table/table.ts';

/** A column of the temporary table that a file is read into. */
export interface StagedColumn {
  /** Its name there: c0, c1, … */
  staged: string;
  /** What the file calls it; `place.name` is a field of a field. */
  field: string;
  /** The table's column whose type it has: of the set's own table, or of the table referred to. */
  column: Column;
  isReference: boolean;
}

export interface PlannedReference {
  /** The set's own column that gets the value. */
  column: Column;
  set: string;
  parent: Table;
  /** The parent's column whose value it is. */
  target: string;
  match: readonly { column: string; staged: string; field: string }[];
}

/** A set with what the database says about its table. */
export interface PlannedSet {
  set: DataSet;
  table: Table;
  columns: readonly StagedColumn[];
  references: readonly PlannedReference[];
  /** The columns that tell the table's rows apart in the ledger: never changed by an update of this set. */
  identity: readonly string[];
}

/**
 * Brings sets and tables together, parents before children.
 *
 * @throws OpsError SEED_TABLE_UNFIT (78) with every reason at once
 */
export async function planSets(
  session: Session,
  sets: readonly DataSet[],
  all: readonly DataSet[],
): Promise<PlannedSet[]> {
  const problems: string[] = [];
  const tables = new Map<string, Table>();
  const needed = new Set([
    ...sets,
    ...all.filter(({ name }) =>
      sets.some((set) => Object.values(set.references ?? {}).some((reference) => reference.set === name)),
    ),
  ]);
  for (const { name, table } of needed) {
    const found = await readTable(session, table);
    if (found === undefined) problems.push(`${name}: ${await describeMissing(session, table)}`);
    else tables.set(name, found);
  }
  const planned = sets.flatMap((set) => (tables.has(set.name) ? [planSet(set, tables, problems)] : []));
  if (problems.length > 0) {
    throw new OpsError({
      code: 'SEED_TABLE_UNFIT',
      exit: 'configuration',
      message: 'the tables do not fit the data sets',
      hint: 'run the migrations first (pnpm --filter migration run migrate), or correct seeds.ts; nothing was written',
      problems,
    });
  }
  return inOrder(planned);
}

function planSet(set: DataSet, tables: ReadonlyMap<string, Table>, problems: string[]): PlannedSet {
  const table = tables.get(set.name)!;
  const complain = (text: string): void => void problems.push(`${set.name}: ${text}`);
  const column = (name: string, of: Table = table): Column | undefined => {
    const found = of.columns.find((candidate) => candidate.name === name);
    if (found === undefined) complain(`the table ${of.name} has no column ${name}`);
    return found;
  };

  for (const name of set.key) column(name);
  if (!table.uniqueKeys.some((key) => sameColumns(key, set.key))) {
    complain(
      `the table ${table.name} has no unique index on exactly (${set.key.join(', ')}), so its rows cannot be told apart; ` +
        `add one in a migration: ALTER TABLE ${table.name} ADD UNIQUE (${set.key.join(', ')})`,
    );
  }
  const columns: StagedColumn[] = [];
  const stage = (field: string, of: Column, isReference: boolean): string => {
    const staged = `c${columns.length}`;
    columns.push({ staged, field, column: of, isReference });
    return staged;
  };

  const references = Object.entries(set.references ?? {}).flatMap(([name, { set: to, match }]): PlannedReference[] => {
    const own = column(name);
    const parent = tables.get(to);
    if (own === undefined || parent === undefined) return [];
    const target =
      table.foreignKeys.find((key) => key.table === parent.oid && key.columns.length === 1 && key.columns[0] === name)
        ?.targets[0] ?? parent.primaryKey[0];
    if (target === undefined)
      complain(`${name}: there is no foreign key from it to ${parent.name}, and ${parent.name} has no primary key`);
    const matched = Object.entries(match).flatMap(([by, field]) => {
      const of = column(by, parent);
      return of === undefined ? [] : [{ column: by, field, staged: stage(field, of, true) }];
    });
    return target === undefined ? [] : [{ column: own, set: to, parent, target, match: matched }];
  });

  const renamed = new Map<string, string>();
  for (const [field, name] of Object.entries(set.columns ?? {})) {
    if (name !== null && column(name) !== undefined) renamed.set(name, field);
  }
  for (const own of table.columns) {
    if (own.isGenerated || own.isIdentityAlways || references.some((reference) => reference.column === own)) continue;
    const field = renamed.get(own.name) ?? own.name;
    if (set.columns?.[field] !== null) stage(field, own, false);
  }
  const canBeWritten = (name: string): boolean =>
    set.key.includes(name) || !columns.some((staged) => !staged.isReference && staged.column.name === name);
  const isSafe = table.primaryKey.length > 0 && table.primaryKey.every(canBeWritten);
  return { set, table, columns, references, identity: isSafe ? table.primaryKey : set.key };
}

function sameColumns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}

/** Parents first; within a circle as the manifest has them. */
function inOrder(sets: readonly PlannedSet[]): PlannedSet[] {
  const ordered: PlannedSet[] = [];
  const visited = new Set<PlannedSet>();
  const visit = (planned: PlannedSet): void => {
    if (visited.has(planned)) return;
    visited.add(planned);
    const parents = [
      ...planned.table.foreignKeys.map((key) => key.table),
      ...planned.references.map(({ parent }) => parent.oid),
    ];
    for (const other of sets) if (parents.includes(other.table.oid)) visit(other);
    ordered.push(planned);
  };
  sets.forEach(visit);
  return ordered;
}
