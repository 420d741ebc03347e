import { type Session, sqlState } from '@opsgraph/postgres';
import type { LedgerState } from './chapters.ts';
import { versionsAt } from './numbered.ts';

/** As columns of a query: the last number of ops.version, and the version of each chapter. */
const form = '(SELECT max(version) FROM ops.version) AS form';
const versions = `(SELECT coalesce(jsonb_object_agg(chapter, version), '{}')
   FROM (SELECT chapter, max(version) AS version FROM ops.chapter_version GROUP BY chapter) c) AS versions`;

/** The state of a ledger that has chapters. */
export async function readLedgerState(session: Session): Promise<LedgerState> {
  const [row] = await session.query<{ form: number; versions: Record<string, number> }>(`SELECT ${form}, ${versions}`);
  return row!;
}

/** The name in the marker and the state of the ledger, of whatever form; undefined when there is none of ours. */
export async function readMarked(session: Session): Promise<({ name: string } & LedgerState) | undefined> {
  type Row = { name: string | null; form: number | null; versions: Record<string, number> };
  const name = '(SELECT name FROM ops.environment) AS name';
  const row =
    (await firstRow<Row>(session, `SELECT ${name}, ${form}, ${versions}`)) ??
    (await firstRow<Row>(session, `SELECT ${name}, ${form}, null AS versions`));
  if (row?.name == null || row.form == null) return undefined;
  return { name: row.name, form: row.form, versions: row.versions ?? versionsAt(row.form) };
}

async function firstRow<Row extends object>(session: Session, sql: string): Promise<Row | undefined> {
  try {
    return (await session.query<Row>(sql))[0];
  } catch (error) {
    // No schema, no table; or a schema ops of another user, whose tables have other columns, or of other types.
    if (['42P01', '3F000', '42703', '42883'].includes(sqlState(error))) return undefined;
    throw error;
  }
}
