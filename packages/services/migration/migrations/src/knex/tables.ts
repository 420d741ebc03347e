import { identifier, literal } from '@opsgraph/postgres';
import { knexTableName, type MigrationSettings } from '../settings.ts';

/** The SQL for knex's own two tables, which must be what stock knex would send. */
export interface KnexTables {
  exists: { table: boolean; lock: boolean };
  /** Both as the catalogue names them, quoted only where SQL needs it. */
  names: string[];
  /** Makes what is missing. */
  create: string;
  selectAll: string;
  selectLock: string;
  /** The newest id, as `last`. */
  selectLast: string;
  /** Waits for a stock knex that migrates now, and returns the newest id. */
  holdAndSelectLast: string;
  /** Returns the new id as `id`. */
  insert(name: string, batch: number): string;
  remove(id: number): string;
  unlock: string;
}

export function knexTables(settings: MigrationSettings, schema: string, exists: KnexTables['exists']): KnexTables {
  // Never through wrapIdentifier: knex switches it off for its own tables.
  const tableName = knexTableName(settings);
  const [table, lock] = [identifier(schema, tableName), identifier(schema, `${tableName}_lock`)];
  const [id, name, batch, time, index, locked] = ['id', 'name', 'batch', 'migration_time', 'index', 'is_locked'].map(
    (column) => identifier(column),
  );
  const selectLast = `SELECT coalesce(pg_catalog.max(${id}), 0) AS last FROM ${table}`;
  return {
    exists,
    names: [tableName, `${tableName}_lock`].map((part) => `${quotedIfNeeded(schema)}.${quotedIfNeeded(part)}`),
    selectLast,
    create: [
      exists.table
        ? ''
        : `CREATE TABLE IF NOT EXISTS ${table} (${id} serial PRIMARY KEY, ${name} varchar(255), ${batch} integer, ${time} timestamptz);`,
      exists.lock ? '' : `CREATE TABLE IF NOT EXISTS ${lock} (${index} serial PRIMARY KEY, ${locked} integer);`,
      settings.appRole === undefined ? '' : withoutWriting(settings.appRole, [table, lock]),
      `INSERT INTO ${lock} (${locked}) SELECT 0 WHERE NOT EXISTS (SELECT FROM ${lock})`,
    ].join(''),
    selectAll: `SELECT ${id} AS id, ${name} AS name, ${batch} AS batch, ${time} AS migration_time FROM ${table} ORDER BY ${id}`,
    selectLock: `SELECT ${locked} AS is_locked FROM ${lock}`,
    holdAndSelectLast: `SELECT ${locked} FROM ${lock} FOR UPDATE;${selectLast}`,
    insert: (file, number) =>
      `INSERT INTO ${table} (${name}, ${batch}, ${time}) VALUES (${literal(file)}, ${number}, pg_catalog.date_trunc('milliseconds', pg_catalog.clock_timestamp())) RETURNING ${id} AS id`,
    remove: (row) => `DELETE FROM ${table} WHERE ${id} = ${row}`,
    unlock: `UPDATE ${lock} SET ${locked} = 0`,
  };
}

/** Default privileges are for the service's own tables. The role may not be there. */
function withoutWriting(role: string, tables: readonly string[]): string {
  return `DO $opsgraph$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(role)}) THEN
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${tables.join(', ')} FROM ${identifier(role)}; END IF; END $opsgraph$;`;
}

/** As quote_ident does, but for the few key words that nobody calls a table. */
function quotedIfNeeded(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : identifier(name);
}
