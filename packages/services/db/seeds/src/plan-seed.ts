import type { Session } from '@opsgraph/postgres';
import { type ChangedRow, type Comparison, compareSet } from './compare/compare-set.ts';
import type { SeedInput } from './data-set.ts';
import { prepareSets } from './prepare.ts';

export interface PlannedSeed extends Comparison {
  name: string;
  table: string;
  file: string;
  rows: number;
}

export interface PlanInput extends SeedInput {
  /** How many rows of each kind of each set are shown; 3 unless given. */
  limit?: number;
  /** Read also files that are known to be as before, when rows they once had stand in the table, to name these. */
  namesLeftOver?: boolean;
}

/**
 * What `seed` would do, found by reading and checking the same files and
 * comparing every row; nothing is written.
 *
 * @throws OpsError as `seed` does for files, manifest and tables
 */
export async function planSeed(session: Session, input: PlanInput): Promise<{ sets: PlannedSeed[] }> {
  const { limit = 3, namesLeftOver = false } = input;
  return session.transaction(async () => {
    const sets: PlannedSeed[] = [];
    for (const one of await prepareSets(session, input, ({ leftOver }) => !namesLeftOver || leftOver === 0)) {
      if (!one.isAsKept) {
        const { set, table, file, rows } = one.staged;
        const compared = await compareSet(session, one.staged, limit);
        sets.push({ name: set.name, table: table.name, file: file.label, rows, ...compared });
        continue;
      }
      const { planned, file, state } = one;
      sets.push({
        name: planned.set.name,
        table: planned.table.name,
        file: file.label,
        rows: state.fileRows,
        inserts: 0,
        updates: 0,
        unchanged: state.fileRows,
        rewritten: 0,
        rewriters: planned.table.rewriterNames,
        insertRows: [],
        updateRows: [],
        leftOver: { count: state.leftOver, keys: [] },
      });
    }
    return { sets };
  });
}

/** `insert (DE, Bonn)`, `update (DE): name "Deutschland" → "Germany"`. */
export function describeRow(kind: 'insert' | 'update', { key, columns }: ChangedRow): string {
  const changes =
    kind === 'update'
      ? columns.map(([name, before, after]) => `${name} ${brief(before)} → ${brief(after)}`)
      : columns.map(([name, , after]) => `${name} ${brief(after)}`);
  return `${kind} (${key})${changes.length > 0 ? ': ' : ''}${changes.join(', ')}`;
}

function brief(value: string | null): string {
  if (value === null) return 'null';
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}
