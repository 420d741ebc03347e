import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';
import { compareColumnOrder, compareSchemas, type SchemaDifference } from '@opsgraph/schemas';
import { halfDone } from '../apply/half-done.ts';
import { findProblems } from '../plan-migrations.ts';
import { refuseUnsound } from '../refuse-unsound.ts';
import type { MigrationSettings } from '../settings.ts';
import { compare } from '../state/compare.ts';
import { readState } from '../state/read-state.ts';
import { withSettings } from '../state/session-settings.ts';
import { readLive, schemaOf } from './on-scratch.ts';

export interface Drift {
  /** How many migrations were applied to the scratch database. */
  migrations: number;
  /** `wanted` is what the migrations make, `found` what the target has. */
  differences: SchemaDifference[];
}

/**
 * Compares the target's schema with the one that its applied migrations make
 * of an empty database, in the order in which they were applied. Changes
 * nothing in the target. docs/schema-comparison.md says what counts.
 *
 * @throws OpsError MIGRATIONS_UNSOUND (77) when files were edited or are gone, MIGRATION_HALF_DONE (77)
 */
export async function findDrift(
  session: Session,
  withScratch: <T>(work: (scratch: ConnectionSettings) => Promise<T>) => Promise<T>,
  given: MigrationSettings,
): Promise<Drift> {
  return withSettings(session, given, async (settings) => {
    const state = await readState(session, settings);
    const found = compare(state);
    const isStrict = { ...settings, disableMigrationsListValidation: false };
    refuseUnsound(findProblems(isStrict, state, found));
    const [half] = found.started;
    if (half !== undefined) throw halfDone(half.row, half.row.file, 'what it has done so far is not known');
    const files = found.applied.map(({ file }) => file!);
    const wanted = await withScratch((scratch) =>
      withSession(scratch, (beside) => schemaOf(beside, settings, () => files)),
    );
    const live = await readLive(session, state, wanted);
    const differences = [...compareSchemas(wanted, live), ...compareColumnOrder(wanted, live)];
    return { migrations: files.length, differences };
  });
}
