import type { Session } from '@opsgraph/postgres';
import type { DataSet } from '../data-set.ts';
import { readTable } from '../table/read-table.ts';
import type { ForeignKey, Table } from '../table/table.ts';
import { chooseKey, isMadeByTable } from './choose-key.ts';

/** A table whose made-up values a column holds. */
export interface Parent {
  foreignKey: ForeignKey;
  parent: Table;
}

/** The tables whose made-up values the column holds. */
export async function surrogateParents(session: Session, table: Table, column: string): Promise<Parent[]> {
  const found: Parent[] = [];
  for (const foreignKey of table.foreignKeys) {
    const place = foreignKey.columns.indexOf(column);
    if (place === -1) continue;
    const parent = await readTable(session, foreignKey.table);
    if (parent !== undefined && isMadeByTable(parent, foreignKey.targets[place]!)) found.push({ foreignKey, parent });
  }
  return found;
}

/** Columns of the parent that name its row in any database. */
export async function portableKey(
  session: Session,
  table: Table,
  column: string,
  foreignKey: ForeignKey,
  parent: Table,
  sets: readonly DataSet[],
  problems: string[],
): Promise<readonly string[] | undefined> {
  const complain = (why: string): undefined =>
    void problems.push(
      `${column} refers to ${parent.name} by a value that another database generates for itself, and ${why}`,
    );
  if (foreignKey.columns.length > 1) return complain('together with other columns, which a set cannot express');
  if (parent.oid === table.oid)
    return complain('the rows of one file cannot refer to each other; leave it out (--without)');
  if (await leadsBack(session, parent, table.oid, sets))
    return complain(
      `whose rows refer to rows of ${table.name} again, so neither could be seeded first; leave one of the two out (--without), and add that set to seeds.ts first`,
    );
  const reasons: string[] = [];
  const key = chooseKey(parent, { key: [] }, reasons);
  if (reasons.length > 0) return complain(reasons[0]!);
  for (const name of key) {
    if ((await surrogateParents(session, parent, name)).length > 0)
      return complain(`its key (${key.join(', ')}) holds such a value itself, in ${name}`);
  }
  return key;
}

/** A file of `from` would refer to rows of the table `to`, on some way; a set that the manifest has refers to what it says. */
async function leadsBack(
  session: Session,
  from: Table,
  to: number,
  sets: readonly DataSet[],
  seen = new Set<number>(),
): Promise<boolean> {
  if (from.oid === to) return true;
  if (seen.has(from.oid)) return false;
  seen.add(from.oid);
  const known = await setOf(session, from, sets);
  for (const { name } of from.columns) {
    if (known !== undefined && known.references?.[name] === undefined) continue;
    for (const { parent } of await surrogateParents(session, from, name))
      if (await leadsBack(session, parent, to, sets, seen)) return true;
  }
  return false;
}

/** The set of the manifest that is for the table. */
export async function setOf(session: Session, { oid }: Table, sets: readonly DataSet[]): Promise<DataSet | undefined> {
  for (const set of sets) if ((await readTable(session, set.table))?.oid === oid) return set;
  return undefined;
}
