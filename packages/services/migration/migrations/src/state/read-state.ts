import { extname } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { literal, type Session } from '@opsgraph/postgres';
import { listFiles, stemOf } from '../files/list-files.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { type KnexTables, knexTables } from '../knex/tables.ts';
import { knexTableName, type MigrationSettings } from '../settings.ts';
import { compareTexts } from './compare-texts.ts';
import { type ForeignTable, requireOwnTables, selectForeignTables } from './require-own-tables.ts';
import { runScript } from './script.ts';
import type { KnexRow, LedgerRow, State } from './state.ts';

export async function readState(session: Session, settings: MigrationSettings): Promise<State> {
  const [listed, ledger] = await Promise.all([listFiles(settings), readLedger(session, settings)]);
  const files = recordAsBefore(listed.files, ledger.knexRows);
  const stems = new Map(files.map(({ recordedAs, stem }) => [recordedAs, stem]));
  const knexRows = ledger.knexRows.map((row) => ({ ...row, stem: stems.get(row.name) ?? row.stem }));
  const rows = await compareTexts(session, ledger.ledger, ledger.rows, files);
  return { ...ledger, files, fileProblems: listed.problems, knexRows, rows };
}

/**
 * Stock knex may run what a compiler makes of the files, and then finds only
 * .js where we find .ts: its table continues as it began.
 */
function recordAsBefore(files: MigrationFile[], knexRows: readonly KnexRow[]): MigrationFile[] {
  for (const row of knexRows.toReversed()) {
    const file = files.find(
      ({ kind, stem, name, recordedAs }) => kind === 'knex' && stem === row.stem && recordedAs === name,
    );
    if (file === undefined) continue;
    const [mine, theirs] = [extname(file.name), extname(row.name)];
    if (mine === theirs) return files;
    return files.map((one) =>
      one.kind === 'knex' && extname(one.name) === mine ? { ...one, recordedAs: `${one.stem}${theirs}` } : one,
    );
  }
  return files;
}

async function readLedger(
  session: Session,
  settings: MigrationSettings,
): Promise<Omit<State, 'files' | 'fileProblems'>> {
  const schemaSql =
    settings.schemaName === undefined ? 'pg_catalog.current_schema()::text' : `${literal(settings.schemaName)}::text`;
  const [facts, rows, foreign] = await runScript(
    session,
    `SELECT ${schemaSql} AS schema,
            EXISTS (SELECT FROM pg_namespace WHERE nspname = ${schemaSql}) AS schema_exists,
            EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ${schemaSql} AND relname = ${literal(knexTableName(settings))}) AS table_exists,
            EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ${schemaSql} AND relname = ${literal(`${knexTableName(settings)}_lock`)}) AS lock_exists;
     SELECT stem, file, kind, sha256, status, direction, adopted, batch, knex_id, position, started_at, finished_at, statements_done, done_sha256, begun, error
     FROM ops.migration WHERE ledger = ${schemaSql} || '.' || ${literal(knexTableName(settings))} ORDER BY position;
     ${selectForeignTables(settings, schemaSql)}`,
  );
  const { schema, schema_exists, table_exists, lock_exists } = facts!.rows[0] as {
    schema: string | null;
    schema_exists: boolean;
    table_exists: boolean;
    lock_exists: boolean;
  };
  if (schema === null || !schema_exists) throw schemaMissing(settings);
  requireOwnTables(foreign!.rows as ForeignTable[]);
  const tables = knexTables(settings, schema, { table: table_exists, lock: lock_exists });
  const knex = await readKnexTables(session, tables);
  return { rows: rows!.rows as LedgerRow[], tables, ledger: `${schema}.${knexTableName(settings)}`, ...knex };
}

async function readKnexTables(
  session: Session,
  tables: KnexTables,
): Promise<Pick<State, 'knexRows' | 'isLockedByKnex'>> {
  const { exists } = tables;
  if (!exists.table && !exists.lock) return { knexRows: [], isLockedByKnex: false };
  const [rows, locks] = await runScript(
    session,
    [
      exists.table ? tables.selectAll : 'SELECT WHERE false',
      exists.lock ? tables.selectLock : 'SELECT WHERE false',
    ].join(';'),
  );
  const knexRows = (rows!.rows as Omit<KnexRow, 'stem'>[]).map((row) => ({ ...row, stem: stemOf(row.name) }));
  return { knexRows, isLockedByKnex: (locks!.rows as { is_locked: number }[]).some((row) => row.is_locked === 1) };
}

function schemaMissing(settings: MigrationSettings): OpsError {
  const where =
    settings.schemaName === undefined
      ? 'no schema of the search path exists'
      : `schema ${settings.schemaName} does not exist`;
  return new OpsError({
    code: 'SCHEMA_MISSING',
    exit: 'configuration',
    message: `${where}, so there is no place for ${knexTableName(settings)}`,
    hint: 'create the schema, or correct migrations.schemaName and searchPath in the configuration',
  });
}
