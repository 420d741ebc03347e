import { identifier, type Session } from '@opsgraph/postgres';
import { compareSchemas, describeDifferences, readSchema, type Schema } from '@opsgraph/schemas';
import type { MigrationSettings } from '../src/index.ts';
import { knexTableName } from '../src/settings.ts';
import { withSettings } from '../src/state/session-settings.ts';

/** What is compared of two databases. */
export interface Evidence {
  schema: Schema;
  /** What the schema leaves out: the order of columns, and who owns and may do what. */
  besides: Map<string, string>;
  /** Knex's rows: names by their ids. */
  ledger: { id: number; name: string; batch: number }[];
  isLocked: boolean;
  /** Of each table how many rows, and a digest of them without times and UUIDs. */
  rows: Map<string, string>;
}

/** Reads all of a database that has been migrated. */
export async function readEvidence(session: Session, given: MigrationSettings): Promise<Evidence> {
  // The knexfile belongs to the processes that have the project's environment.
  return withSettings(session, { ...given, knexModule: undefined }, async (settings) => {
    const [{ schema } = { schema: 'public' }] = await session.query<{ schema: string }>(
      'SELECT coalesce($1, current_schema()) AS schema',
      [settings.schemaName],
    );
    const [table, lock] = [knexTableName(settings), `${knexTableName(settings)}_lock`].map((name) =>
      identifier(schema, name),
    );
    const digests = new Map<string, string>();
    for (const [name, sql] of await pairs(session, tables, [schema, knexTableName(settings)]))
      digests.set(name, (await session.query<{ digest: string }>(sql))[0]!.digest);
    const [locked] = await session.query<{ is_locked: number }>(`SELECT max(is_locked) AS is_locked FROM ${lock}`);
    return {
      schema: (await readSchema(session, { withoutSchemas: ['ops'] })).map((object) => ({
        ...object,
        sql: object.sql.replaceAll(uuid, '*'),
      })),
      besides: new Map(await pairs(session, besides)),
      ledger: await session.query(`SELECT id, name, batch FROM ${table} ORDER BY id`),
      isLocked: locked?.is_locked === 1,
      rows: digests,
    };
  });
}

/** What differs, one line each; with `isSameRun` the ids and batches count as well. */
export function compareEvidence(one: Evidence, other: Evidence, isSameRun: boolean): string[] {
  const row = ({ id, name, batch }: Evidence['ledger'][number]): string =>
    isSameRun ? `${id} ${name} ${batch}` : name;
  const ledgers = [one, other].map(({ ledger }) => ledger.map(row).join('\n'));
  return [
    ...describeDifferences(compareSchemas(one.schema, other.schema)),
    ...compareMaps('columns and privileges', one.besides, other.besides),
    ...(ledgers[0] === ledgers[1] ? [] : [`knex's tables differ:\n${ledgers.join('\n--\n')}`]),
    ...(one.isLocked || other.isLocked ? ["knex's lock is held"] : []),
    ...compareMaps('rows', one.rows, other.rows),
  ];
}

function compareMaps(what: string, one: Map<string, string>, other: Map<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key) !== other.get(key))
    .map((key) => `${what} of ${key}: ${one.get(key)} and ${other.get(key)}`);
}

async function pairs(session: Session, sql: string, values: unknown[] = []): Promise<[string, string][]> {
  return (await session.query<{ name: string; value: string }>(sql, values)).map(({ name, value }) => [name, value]);
}

const ofProject = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'ops') AND n.nspname !~ '^pg_'`;

const besides = `
  SELECT c.oid::regclass::text AS name,
         concat_ws(' ', pg_get_userbyid(c.relowner), c.relacl::text,
           (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS value
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ofProject} AND c.relkind IN ('r', 'p', 'v', 'm', 'S')`;

/** One that a migration's program drew is another in each run, in a default too; so are times. */
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const volatile = `${uuid.source}|\\d{4}-\\d\\d-\\d\\d[ T][0-9:.]+([+-][0-9:]+|Z)?`;

const tables = `
  SELECT c.oid::regclass::text AS name,
         format($$SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(line, '|' ORDER BY line)), 'none') AS digest
                FROM (SELECT regexp_replace(t::text, %L, '*', 'g') AS line FROM %s t) AS lines$$, '${volatile}', c.oid::regclass) AS value
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ofProject} AND c.relkind = 'r' AND NOT (n.nspname = $1 AND c.relname = ANY (ARRAY[$2::text, $2::text || '_lock']))`;
