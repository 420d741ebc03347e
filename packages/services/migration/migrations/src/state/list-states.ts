import type { Comparison } from './compare.ts';

/** One migration and where it is, for machines. */
export interface MigrationState {
  /** As recorded, or the name of the file. */
  name: string;
  /**
   * applied; edited: applied, and its file says something else since; missing: applied, and its file is gone;
   * adoptable: applied by stock knex, and its checksum not taken yet; half-done: begun without a transaction, and
   * not known to have ended; pending.
   */
  state: 'applied' | 'edited' | 'missing' | 'adoptable' | 'half-done' | 'pending';
  /** null: not applied yet. */
  batch: number | null;
  appliedAt: Date | null;
}

/** Every migration once: the applied ones in their order, then those half done, then the pending ones in theirs. */
export function listStates({ applied, edited, missing, adoptable, started, pending }: Comparison): MigrationState[] {
  const stems = (entries: readonly { stem: string }[]): Set<string> => new Set(entries.map(({ stem }) => stem));
  const [isEdited, isMissing, isAdoptable] = [stems(edited), stems(missing), stems(adoptable)];
  return [
    ...applied.map(({ stem, name, batch, appliedAt }) => ({
      name,
      state: isEdited.has(stem)
        ? ('edited' as const)
        : isMissing.has(stem)
          ? ('missing' as const)
          : isAdoptable.has(stem)
            ? ('adoptable' as const)
            : ('applied' as const),
      batch,
      appliedAt,
    })),
    ...started.map(({ row }) => ({ name: row.file, state: 'half-done' as const, batch: row.batch, appliedAt: null })),
    ...pending.map(({ name }) => ({ name, state: 'pending' as const, batch: null, appliedAt: null })),
  ];
}
