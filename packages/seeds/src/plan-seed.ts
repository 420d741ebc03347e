import { identifier, type Session } from '@opsgraph/postgres';
import { resolveReferences } from './check/resolve-references.ts';
import type { SeedInput } from './data-set.ts';
import { prepareSets } from './prepare.ts';
import { type StagedSet, stagedRows } from './stage/staged-set.ts';
import { differs, sameKey } from './write/row-sql.ts';
import { updatableColumns } from './write/survey.ts';

export interface PlannedSeed {
  name: string;
  table: string;
  file: string;
  rows: number;
  inserts: number;
  updates: number;
  unchanged: number;
  /** The first few of each: `insert (DE, Bonn)`, `update (DE): name "Deutschland" → "Germany"`. */
  examples: string[];
}

const shown = 3;

/**
 * What `seed` would do, found by reading and checking the same files and
 * comparing every row; nothing is written.
 *
 * @throws OpsError as `seed` does for files, manifest and tables
 */
export async function planSeed(session: Session, input: SeedInput): Promise<{ sets: PlannedSeed[] }> {
  return session.transaction(async () => {
    const sets: PlannedSeed[] = [];
    for (const one of await prepareSets(session, input)) {
      if (!one.isAsKept) {
        sets.push(await compare(session, one.staged));
        continue;
      }
      const { planned, file, state } = one;
      const rows = state!.fileRows;
      sets.push({
        name: planned.set.name,
        table: planned.table.name,
        file: file.label,
        rows,
        inserts: 0,
        updates: 0,
        unchanged: rows,
        examples: [],
      });
    }
    return { sets };
  });
}

async function compare(session: Session, staged: StagedSet): Promise<PlannedSeed> {
  await resolveReferences(session, staged);
  const { table, set, file, rows } = staged;
  const isMissing = `t.${identifier(set.key[0]!)} IS NULL`;
  const isDifferent = `NOT (${isMissing}) AND ${differs(updatableColumns(staged), 't', 's')}`;
  const from = `FROM ${stagedRows(staged)} s LEFT JOIN ${table.sql} t ON ${sameKey(set.key, 't', 's')}`;
  const [counts] = await session.query<{ inserts: number; updates: number }>(
    `SELECT count(*) FILTER (WHERE ${isMissing}) AS inserts, count(*) FILTER (WHERE ${isDifferent}) AS updates ${from}`,
  );
  const { inserts, updates } = counts!;
  const examples = [
    ...(inserts > 0 ? await someInserts(session, staged, `${from} WHERE ${isMissing}`) : []),
    ...(updates > 0 ? await someUpdates(session, staged, `${from} WHERE ${isDifferent}`) : []),
  ];
  return {
    name: set.name,
    table: table.name,
    file: file.label,
    rows,
    inserts,
    updates,
    unchanged: rows - inserts - updates,
    examples,
  };
}

/** A reference to a row that does not exist yet has no value to show. */
function keyOf({ set }: StagedSet): string {
  return `concat_ws(', ', ${set.key.map((name) => `coalesce(s.${identifier(name)}::text, '(new)')`).join(', ')})`;
}

async function someInserts(session: Session, staged: StagedSet, from: string): Promise<string[]> {
  const rows = await session.query<{ key: string }>(
    `SELECT ${keyOf(staged)} AS key ${from} ORDER BY s.position LIMIT ${shown}`,
  );
  return rows.map(({ key }) => `insert (${key})`);
}

async function someUpdates(session: Session, staged: StagedSet, from: string): Promise<string[]> {
  const changes = updatableColumns(staged).map((column, index) => {
    const name = identifier(column.name);
    return `CASE WHEN ${differs([column], 't', 's')} THEN jsonb_build_array(($1::text[])[${index + 1}], t.${name}::text, s.${name}::text) END`;
  });
  const rows = await session.query<{ key: string; changes: [string, string | null, string | null][] }>(
    `SELECT ${keyOf(staged)} AS key, to_jsonb(array_remove(ARRAY[${changes.join(', ')}], NULL)) AS changes ${from} ORDER BY s.position LIMIT ${shown}`,
    [updatableColumns(staged).map(({ name }) => name)],
  );
  return rows.map(
    (row) =>
      `update (${row.key}): ${row.changes.map(([name, before, after]) => `${name} ${brief(before)} → ${brief(after)}`).join(', ')}`,
  );
}

function brief(value: string | null): string {
  if (value === null) return 'null';
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}
