import { createHash } from 'node:crypto';
import type { Session } from '@opsgraph/postgres';
import type { SeedInput } from '../data-set.ts';
import type { PlannedSet } from '../stage/plan-set.ts';
import type { StagedSet } from '../stage/staged-set.ts';
import { type Content, surveyTable } from './survey.ts';

/** What a set looked like when it was last seen to be as its file wants it. */
export interface SeedState {
  run: string;
  sha256: string;
  definition: string;
  fileRows: number;
  tableRows: number;
  digest: string;
  /** Rows that it once seeded, that are in the table and are not in its file. */
  leftOver: number;
  seenAt: Date;
}

export async function readState(session: Session, set: string): Promise<SeedState | undefined> {
  const [state] = await session.query<SeedState & Record<string, unknown>>(
    `SELECT run, sha256, definition, file_rows AS "fileRows", table_rows AS "tableRows", table_digest AS digest, left_over AS "leftOver", seen_at AS "seenAt" FROM ops.seed_state WHERE data_set = $1`,
    [set],
  );
  return state;
}

export async function keepState(
  session: Session,
  staged: StagedSet,
  found: Content & { leftOver: number },
  { run }: SeedInput,
): Promise<void> {
  await session.execute(
    `INSERT INTO ops.seed_state (data_set, run, file, sha256, definition, file_rows, table_rows, table_digest, left_over) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (data_set) DO UPDATE SET run = excluded.run, file = excluded.file, sha256 = excluded.sha256, definition = excluded.definition,
       file_rows = excluded.file_rows, table_rows = excluded.table_rows, table_digest = excluded.table_digest, left_over = excluded.left_over, seen_at = pg_catalog.clock_timestamp()`,
    [
      staged.set.name,
      run.id,
      staged.file.label,
      staged.sha256,
      definitionOf(staged),
      staged.rows,
      found.tableRows,
      found.digest,
      found.leftOver,
    ],
  );
}

/** The set's table is row for row what it was when the state was kept. */
export async function isTableAsKept(session: Session, { table }: PlannedSet, state: SeedState): Promise<boolean> {
  const { tableRows, digest } = await surveyTable(session, table);
  return tableRows === state.tableRows && digest === state.digest;
}

/** Changes with the manifest's entry and with the table's columns: either makes an old comparison worthless. */
export function definitionOf({ set, table }: PlannedSet): string {
  return createHash('sha256')
    .update(JSON.stringify([set, table.sql, table.columns.map(({ name, type }) => [name, type])]))
    .digest('hex');
}
