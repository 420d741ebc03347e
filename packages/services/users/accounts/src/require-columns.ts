import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';

export interface WantedTable {
  schema: string;
  table: string;
  /** Column by what it is for. */
  columns: Readonly<Record<string, string>>;
  /** The types a column may have, as format_type() writes them; any when absent. */
  types?: Readonly<Record<string, readonly string[]>>;
  /** Where the names are in the configuration: `accounts.users`. */
  key: string;
  columnsKey: string;
}

export interface FoundColumn {
  name: string;
  type: string;
  /** A new row must bring a value for it. */
  mustBeGiven: boolean;
}

/**
 * Compares a table with what the configuration says of it.
 *
 * @returns every column of the table
 * @throws OpsError ACCOUNT_TABLE (78) that names each column that is missing or of another type
 */
export async function requireColumns(session: Session, wanted: WantedTable): Promise<FoundColumn[]> {
  const { schema, table, columns, types = {}, key, columnsKey } = wanted;
  const found = await session.query<FoundColumn & Record<string, unknown>>(
    `SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, NULL) AS type,
            a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS "mustBeGiven"
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [schema, table],
  );
  if (found.length === 0) {
    throw unfit(`there is no table ${schema}.${table}`, [], `${key}.table`);
  }
  const problems = Object.entries(columns).flatMap(([purpose, column]) => {
    const there = found.find(({ name }) => name === column);
    if (there === undefined) return `column ${column} is missing (${columnsKey}.${purpose})`;
    const allowed = types[purpose];
    if (allowed === undefined || allowed.includes(there.type)) return [];
    return `column ${column} has type ${there.type}, expected ${allowed.join(' or ')} (${columnsKey}.${purpose})`;
  });
  if (problems.length > 0) throw unfit(`table ${schema}.${table} does not fit`, problems, columnsKey);
  return found;
}

/** @throws OpsError ACCOUNT_TABLE (78) when a new row needs values that nobody has */
export function requireInsertable(found: readonly FoundColumn[], filled: readonly string[], table: string): void {
  const unfilled = found.filter(({ name, mustBeGiven }) => mustBeGiven && !filled.includes(name));
  if (unfilled.length === 0) return;
  throw new OpsError({
    code: 'ACCOUNT_TABLE',
    exit: 'configuration',
    message: `a new row of ${table} needs values that are not known here`,
    problems: unfilled.map(({ name, type }) => `column ${name} (${type}) is NOT NULL and has no default`),
    hint: 'give these columns a default, or allow null',
  });
}

function unfit(message: string, problems: string[], key: string): OpsError {
  return new OpsError({
    code: 'ACCOUNT_TABLE',
    exit: 'configuration',
    message,
    problems,
    hint: `apply the migrations (pnpm --filter migration run migrate), or name what your own tables have in ${key} of config/<environment>.ts`,
  });
}
