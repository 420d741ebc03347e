// How pending migrations are applied:
//  1. read the directories and both ledgers, ours and knex's (state/read-state);
//  2. judge them: what is applied, pending, edited, missing, half done (state/compare);
//  3. refuse before anything is written where that is not sound (refuse-unsound);
//  4. take the checksums of what stock knex applied (state/adopt);
//  5. load and parse every pending file, so that a broken one stops the first, too (apply/prepare);
//  6. apply each with its rows in the ledgers in one transaction, or statement by statement where it wants none
//     (apply/apply-sql, apply-knex, run-stepwise); what another session's lock ends is tried again (apply/retry-passing);
//  7. wait once for the disk, and only then say that it is done (apply/flushed-at-end).
import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { AppliedMigration } from './apply/applied-migration.ts';
import type { ApplyInput } from './apply/apply-all.ts';
import { toGoOnWith } from './apply/half-done.ts';
import { isNamed } from './files/is-named.ts';
import { withProblems } from './migration-error.ts';
import { describeProblem, findProblems, type MigrationProblem } from './plan-migrations.ts';
import { refuseUnsound } from './refuse-unsound.ts';
import { adopt } from './state/adopt.ts';
import { type Comparison, compare } from './state/compare.ts';
import { readState } from './state/read-state.ts';
import { withSettings } from './state/session-settings.ts';
import type { State } from './state/state.ts';

export interface MigrateInput extends ApplyInput {
  /** The last migration to apply, with or without extension; default: all. */
  to?: string | undefined;
  /** Wrapped around the applying, when there is anything to apply: what must be kept alive meanwhile. */
  whileApplying?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}

export interface MigrateResult {
  /** Names in the order of application. */
  applied: AppliedMigration[];
  /** Migrations of stock knex whose checksum was taken. */
  adopted: string[];
  /** What does not stop it but should be known. */
  notices: MigrationProblem[];
  /** The batch that these migrations got; undefined when there were none. */
  batch: number | undefined;
}

/**
 * Applies what is pending, each migration in a transaction of its own
 * together with its rows in the ledgers. The caller holds the domain's lock.
 *
 * @throws OpsError MIGRATIONS_UNSOUND (77), MIGRATION_INVALID (65),
 * MIGRATION_FAILED (1), MIGRATION_HALF_DONE (77), MIGRATION_UNKNOWN (64)
 */
export async function migrate(session: Session, given: MigrateInput): Promise<MigrateResult> {
  return withSettings(session, given, async (input) => {
    const state = await readState(session, input);
    const found = compare(state);
    const notices = refuseUnsound(findProblems(input, state, found));
    const files = upTo(found, state, input.to);
    const started = toGoOnWith(found);

    const adopted = await adopt(session, state, found, input.run);
    const resumed = new Map(started.map(({ row }) => [row.stem, row]));
    const wanted = [...started.map(({ file }) => file), ...files];
    let applied: AppliedMigration[] = [];
    if (wanted.length > 0) {
      // Nine runs of ten have nothing to do, and need not load what does it.
      const [{ prepare }, { applyAll }] = await Promise.all([
        import('./apply/prepare.ts'),
        import('./apply/apply-all.ts'),
      ]);
      const { whileApplying = (work) => work() } = input;
      const prepared = await prepare(input, wanted);
      applied = await whileApplying(() =>
        applyAll(session, input, { state, found, prepared, resumed, notices }).catch((error: unknown) => {
          throw withProblems(error, notices.map(describeProblem));
        }),
      );
    }
    return {
      applied,
      adopted,
      notices,
      batch: applied.length === 0 ? undefined : found.batch,
    };
  });
}

/** The pending files up to and with the named one. */
export function upTo(found: Comparison, state: State, to: string | undefined): Comparison['pending'] {
  if (to === undefined) return found.pending;
  const last = state.files.findIndex((file) => isNamed(file, to));
  if (last < 0) {
    throw new OpsError({
      code: 'MIGRATION_UNKNOWN',
      exit: 'usage',
      message: `no migration is named ${to}`,
      hint: '`pnpm --filter migration run status` lists them',
    });
  }
  return found.pending.filter((file) => state.files.indexOf(file) <= last);
}
