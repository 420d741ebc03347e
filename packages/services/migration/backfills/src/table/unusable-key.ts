import { identifier, type Session } from '@opsgraph/postgres';

interface KeyQuestion {
  oid: number;
  sql: string;
  key: readonly string[];
  /** Those of the key that the table has. */
  columns: readonly { name: string; notNull: boolean }[];
}

export interface Reason {
  message: string;
  hint: string;
}

interface UniqueIndex {
  name: string;
  columns: (string | null)[];
  valid: boolean;
  partial: boolean;
}

/** Looking for an example of duplicates reads the whole table; not worth it on a large one. */
const smallTable = 1_000_000;

/** Why a table cannot be gone through by this key; undefined when it can. */
export async function describeUnusableKey(session: Session, question: KeyQuestion): Promise<Reason | undefined> {
  const { oid, sql, key, columns } = question;
  const written = key.join(', ');
  const indexes = await uniqueIndexes(session, oid);
  const missing = key.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length > 0) {
    const usable = indexes.find(({ valid, partial }) => valid && !partial);
    return {
      message: `${sql} has no column ${missing.join(', ')}`,
      hint: usable === undefined ? noKeyHint(sql) : `its key is ${usable.columns.join(', ')}`,
    };
  }
  const nullable = columns.filter(({ notNull }) => !notNull).map(({ name }) => name);
  if (nullable.length > 0) return describeNullable(session, sql, nullable);
  const covering = indexes.filter(
    (index) =>
      index.columns.length === key.length && index.columns.every((name) => name !== null && key.includes(name)),
  );
  const [whole] = covering.filter(({ valid, partial }) => valid && !partial);
  if (whole !== undefined) {
    if (whole.columns.every((name, at) => name === key[at])) return undefined;
    return {
      message: `the index of ${sql} has the key in another order: ${whole.columns.join(', ')}`,
      hint: `write key: [${whole.columns.map((name) => JSON.stringify(name)).join(', ')}]`,
    };
  }
  const [almost] = covering;
  if (almost !== undefined) {
    return almost.valid
      ? { message: `unique index ${almost.name} covers only some rows of ${sql}`, hint: indexHint(sql, key) }
      : {
          message: `unique index ${almost.name} of ${sql} is invalid: building it failed`,
          hint: `DROP INDEX CONCURRENTLY ${identifier(almost.name)}; ${indexHint(sql, key)}`,
        };
  }
  const example = await findDuplicate(session, question);
  return {
    message:
      example === undefined
        ? `nothing makes ${written} unique in ${sql}`
        : `${written} is not unique in ${sql}: ${example}`,
    hint: example === undefined ? indexHint(sql, key) : (otherKey(indexes) ?? noKeyHint(sql)),
  };
}

async function describeNullable(session: Session, sql: string, columns: string[]): Promise<Reason> {
  const quoted = columns.map((name) => identifier(name));
  const [row] = await session.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM ${sql} WHERE ${quoted.map((name) => `${name} IS NULL`).join(' OR ')}) AS has`,
  );
  return {
    message: `${columns.join(', ')} of ${sql} may be NULL${row!.has ? ', and is in some rows' : ''}; a cursor would skip such rows`,
    hint: row!.has
      ? 'choose a key whose columns are NOT NULL'
      : `ALTER TABLE ${sql} ${quoted.map((name) => `ALTER ${name} SET NOT NULL`).join(', ')}, or choose another key`,
  };
}

/** Of a partitioned table too; one over expressions has a null among its columns. */
async function uniqueIndexes(session: Session, oid: number): Promise<UniqueIndex[]> {
  return session.query<UniqueIndex>(
    `SELECT c.relname AS name, i.indisvalid AS valid, i.indpred IS NOT NULL AS partial,
            ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, at)
                  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
                  WHERE k.at <= i.indnkeyatts ORDER BY k.at) AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = $1 AND i.indisunique ORDER BY i.indisprimary DESC, c.relname`,
    [oid],
  );
}

async function findDuplicate(session: Session, { oid, sql, key }: KeyQuestion): Promise<string | undefined> {
  const [size] = await session.query<{ rows: number }>(
    'SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = $1',
    [oid],
  );
  if (size!.rows > smallTable) return undefined;
  const columns = key.map((name) => identifier(name)).join(', ');
  const [row] = await session.query<{ example: string; times: number }>(
    `SELECT ROW(${columns})::text AS example, count(*) AS times FROM ${sql} GROUP BY ${columns} HAVING count(*) > 1 LIMIT 1`,
  );
  return row && `${row.example} occurs ${row.times} times`;
}

function otherKey(indexes: readonly UniqueIndex[]): string | undefined {
  const usable = indexes.find(({ valid, partial, columns }) => valid && !partial && !columns.includes(null));
  return usable && `unique keys: ${usable.columns.join(', ')}`;
}

function indexHint(sql: string, key: readonly string[]): string {
  return `CREATE UNIQUE INDEX CONCURRENTLY ON ${sql} (${key.map((name) => identifier(name)).join(', ')})`;
}

function noKeyHint(sql: string): string {
  return `without a key rows cannot be told apart: ALTER TABLE ${sql} ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`;
}
