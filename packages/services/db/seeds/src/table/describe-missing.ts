import type { Session } from '@opsgraph/postgres';
import { quoteName } from './read-table.ts';

const others: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  c: 'a composite type',
};

/** Why there is no table of that name, from which rows could be read and into which they could be seeded. */
export async function describeMissing(session: Session, name: string): Promise<string> {
  const [found] = await session.query<{ kind: string }>(
    'SELECT relkind::text AS kind FROM pg_class WHERE oid = pg_catalog.to_regclass($1)',
    [quoteName(name) ?? null],
  );
  const what = found && others[found.kind];
  if (what === undefined) return `the database has no table ${name}; is it migrated?`;
  return `${name} is ${what}; only the rows of a table can be found again and undone: name the table behind it`;
}
