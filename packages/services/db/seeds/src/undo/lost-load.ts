import { OpsError } from '@opsgraph/errors';
import type { OpenLoad, RecordedLoad } from './recorded-load.ts';

/** A load whose rows cannot be found. */
export interface LostLoad {
  load: RecordedLoad;
  isGone: boolean;
  why: string;
}

export function isLost(found: OpenLoad | LostLoad): found is LostLoad {
  return 'why' in found;
}

/** The table that the rows were in is not there any more, and they with it. */
export function tableGone(load: RecordedLoad): LostLoad {
  return { load, isGone: true, why: `the table ${load.tableName} is gone, and its rows with it` };
}

/** @param why the rows cannot be told apart; where another table has the name, that one never had them */
export function lost(open: OpenLoad, why: string): LostLoad {
  const { relation, table, run, set } = open;
  if (relation !== null && relation !== table.oid) return tableGone(open);
  return {
    load: open,
    isGone: false,
    why: `${why}, so the rows that run ${run} seeded from ${set} cannot be told apart`,
  };
}

/** @throws OpsError SEED_TABLE_GONE, SEED_KEY_GONE (77) */
export function refuseLost(losses: readonly LostLoad[]): void {
  const [first] = losses;
  if (first === undefined) return;
  const kept = 'with --keep-changed the rest is undone and its ledger entry closed';
  throw new OpsError({
    code: first.isGone ? 'SEED_TABLE_GONE' : 'SEED_KEY_GONE',
    exit: 'refused',
    message: `${losses.map(({ why }) => why).join('; ')}; nothing was undone`,
    hint: losses.every(({ isGone }) => isGone) ? kept : `create the index again, then undo; ${kept}`,
  });
}
