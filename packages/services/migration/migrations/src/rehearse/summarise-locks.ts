import type { Rehearsal } from '../rehearse.ts';
import { describeEffect } from './describe-rehearsal.ts';
import { lockModes, type RehearsedMigration, type TableEffect } from './rehearsed.ts';

export interface MigrationLocks {
  /** Without extension. */
  migration: string;
  /** What all its statements together do to relations that were there before. */
  effects: TableEffect[];
  /** Why that is not all of it. */
  unmeasured: string | undefined;
  /** The same in words, one for each relation. */
  lines: string[];
}

/** Of each pending migration the strongest lock on each relation, and whether it is rewritten or read. */
export function summariseLocks({ migrations, tables }: Rehearsal): MigrationLocks[] {
  const facts = new Map(tables.map((table) => [table.relation, table]));
  return migrations.map((migration) => {
    const effects = mergeEffects(migration);
    const unmeasured = migration.unmeasured;
    return {
      migration: migration.stem,
      effects,
      unmeasured,
      lines: [
        ...effects.map((effect) => describeEffect(effect, facts.get(effect.relation))),
        ...(unmeasured === undefined ? [] : [`not fully measured: ${unmeasured}`]),
        ...(effects.length === 0 && unmeasured === undefined ? ['locks nothing that exists'] : []),
      ],
    };
  });
}

function mergeEffects({ statements }: RehearsedMigration): TableEffect[] {
  const merged = new Map<string, TableEffect>();
  for (const effect of statements.flatMap(({ effects }) => effects)) {
    const before = merged.get(effect.relation);
    merged.set(effect.relation, before === undefined ? effect : merge(before, effect));
  }
  // what everybody waits for first, then what it costs beside it
  return [...merged.values()].sort((a, b) => strength(b) - strength(a));
}

function merge(a: TableEffect, b: TableEffect): TableEffect {
  return {
    ...a,
    lock: strength(b) > strength(a) ? b.lock : a.lock,
    rewritten: a.rewritten || b.rewritten,
    emptied: a.emptied || b.emptied,
    scanned: a.scanned || b.scanned,
    dropped: a.dropped || b.dropped,
  };
}

function strength({ lock }: TableEffect): number {
  return lock === undefined ? -1 : lockModes.indexOf(lock);
}
