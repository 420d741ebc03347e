import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import type { DataSet, Reference } from '../data-set.ts';
import { describeMissing } from '../table/describe-missing.ts';
import { readTable } from '../table/read-table.ts';
import type { Column, Table } from '../table/table.ts';
import { chooseKey, isMadeByTable, type KeyWish } from './choose-key.ts';
import { type Parent, portableKey, setOf, surrogateParents } from './portable-key.ts';

/** One value of a row in the file. */
export interface ExportField {
  /** `name`, or `place.name` for a field of a reference by several columns. */
  name: string;
  column: Column;
  /** SQL of the value: of the table `t`, or of a table referred to. */
  value: string;
  isReference: boolean;
}

export interface ExportPlan {
  table: Table;
  key: readonly string[];
  fields: readonly ExportField[];
  references: Readonly<Record<string, Reference>>;
  /** Sets that the references name and the manifest does not have, by their table. */
  missingSets: readonly string[];
  /** Columns that are not in the file because the table makes them. */
  leftOut: readonly string[];
  from: string;
  orderBy: readonly string[];
}

export interface ExportWish extends KeyWish {
  table: string;
  /** Columns that the file must not have. */
  without: readonly string[];
}

/**
 * Which columns a file of the table must have to seed back to the same rows
 * elsewhere: values that the table makes are left out, references to such
 * values become the natural keys of the rows they lead to.
 *
 * @throws OpsError SEED_EXPORT_IMPOSSIBLE (65) with every reason at once
 */
export async function planExport(session: Session, wish: ExportWish, sets: readonly DataSet[]): Promise<ExportPlan> {
  const table = await readTable(session, wish.table);
  if (table === undefined) throw impossible([await describeMissing(session, wish.table)]);
  const problems = wish.without
    .filter((name) => !table.columns.some((column) => column.name === name))
    .map((name) => `the table ${table.name} has no column ${name} to leave out`);
  const key = chooseKey(table, wish, problems);
  const fields: ExportField[] = [];
  const references: Record<string, Reference> = {};
  const missingSets: string[] = [];
  const joins: string[] = [];
  const orders = new Map<string, string[]>();
  const leftOut: string[] = [];

  for (const column of table.columns) {
    const isKey = key.includes(column.name);
    const isMade = column.isGenerated || column.isIdentityAlways || (isMadeByTable(table, column.name) && !isKey);
    if (isMade || wish.without.includes(column.name)) {
      if (isKey) problems.push(`${column.name} belongs to the key (${key.join(', ')}) and cannot be left out`);
      if (!isMade && column.isRequired && !column.hasDefault)
        problems.push(`${column.name} cannot be left out: ${table.name} requires a value`);
      leftOut.push(column.name);
      continue;
    }
    const parents = await surrogateParents(session, table, column.name);
    const own = `t.${identifier(column.name)}`;
    if (parents.length === 0) {
      fields.push({ name: column.name, column, value: own, isReference: false });
      orders.set(column.name, [ordered(own, column)]);
      continue;
    }
    const [{ foreignKey, parent }] = parents as [Parent];
    const by = await portableKey(session, table, column.name, foreignKey, parent, sets, problems);
    if (by === undefined) continue;
    const alias = `p${joins.length}`;
    joins.push(
      `LEFT JOIN ${parent.sql} ${alias} ON ${alias}.${identifier(foreignKey.targets[0]!)} ${column.equals} t.${identifier(column.name)}`,
    );
    const set = (await setOf(session, parent, sets))?.name ?? parent.name.replaceAll('_', '-');
    if (!sets.some(({ name }) => name === set)) missingSets.push(set);
    const base = baseName(column.name, table);
    const matched = by.map((name): [string, string] => [name, by.length === 1 ? base : `${base}.${name}`]);
    references[column.name] = { set, match: Object.fromEntries(matched) };
    const values = matched.map(([name, field]) => {
      const of = parent.columns.find((candidate) => candidate.name === name)!;
      const value = `${alias}.${identifier(name)}`;
      fields.push({ name: field, column: of, value, isReference: true });
      return ordered(value, of);
    });
    orders.set(column.name, values);
  }
  if (problems.length > 0) throw impossible(problems);
  const orderBy = key.flatMap((name) => orders.get(name)!);
  return {
    ...{ table, key, fields, references, missingSets, leftOut, orderBy },
    from: [`${table.sql} t`, ...joins].join(' '),
  };
}

/** `place_id` is told as `place`, unless the table has such a column. */
function baseName(column: string, table: Table): string {
  const short = column.replace(/_id$/, '').replaceAll('.', '_');
  return short === '' || table.columns.some(({ name }) => name === short) ? column : short;
}

/** The same order in every database, whatever its collation. */
function ordered(value: string, { isCollatable }: Column): string {
  return isCollatable ? `${value} COLLATE "C"` : value;
}

function impossible(problems: string[]): OpsError {
  return new OpsError({
    code: 'SEED_EXPORT_IMPOSSIBLE',
    exit: 'badData',
    message: 'the table cannot be exported so that it seeds back to the same rows',
    hint: 'name another key (--key), leave a column out (--without), or add a unique constraint in a migration',
    problems,
  });
}
