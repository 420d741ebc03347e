import { asDatabaseSays, pinOwnSettings, type Session } from '@opsgraph/postgres';
import { shownPath } from '../files/list-files.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { prepareConnection } from '../knex/prepare-connection.ts';
import { type KnexRunner, openKnex } from '../knex/runner.ts';
import type { MigrationProblem, ProblemKind } from '../plan-migrations.ts';
import type { MigrationSettings } from '../settings.ts';
import { runScript } from '../state/script.ts';
import { keepSettings, type SettingsKeeper } from '../state/session-settings.ts';
import type { State } from '../state/state.ts';

/** What every migration of one run shares. */
export interface ApplyContext {
  session: Session;
  settings: MigrationSettings;
  state: State;
  keeper: SettingsKeeper;
  /** undefined when the run has no knex migration. */
  knex: KnexRunner | undefined;
  batch: number;
  run: string | undefined;
  /** The newest id in knex's table that we know of. */
  lastKnexId: number;
  /** Reports about a migration what blocks nothing. */
  warn(kind: ProblemKind, file: MigrationFile, message: string, remedy: { hint: string }): void;
}

export interface RunFacts {
  batch: number;
  run: string | undefined;
  hasKnex: boolean;
  /** Leaves no trace: knex's tables are not made. */
  isRehearsal?: boolean;
  /** Takes what is reported. */
  notices?: MigrationProblem[];
}

/** Opens knex, and makes its tables, only when the run has a knex migration. */
export async function withApplyContext<T>(
  session: Session,
  settings: MigrationSettings,
  state: State,
  { batch, run, hasKnex, isRehearsal = false, notices = [] }: RunFacts,
  work: (context: ApplyContext) => Promise<T>,
): Promise<T> {
  await requireLockTimeout(session);
  if (hasKnex && !isRehearsal && !(state.tables.exists.table && state.tables.exists.lock))
    await runScript(session, state.tables.create);
  // From here on the project's SQL runs, which means what it means to its service; afterwards ours does again.
  await session.execute(asDatabaseSays);
  const knex = hasKnex ? await openKnex(session, settings) : undefined;
  const keeper = await keepSettings(session, () => prepareConnection(session, settings));
  try {
    return await work({
      session,
      settings,
      state,
      keeper,
      knex,
      batch,
      run,
      lastKnexId: state.knexRows.at(-1)?.id ?? 0,
      warn: (kind, file, message, { hint }) =>
        void notices.push({ kind, migration: shownPath(settings, file.path), message, hint, blocks: false }),
    });
  } finally {
    await knex?.close();
    await session.client.query(pinOwnSettings()).catch(() => {
      // the connection is gone, and its settings with it
    });
  }
}

/** A configuration may wait for ever; a migration that does so stops everybody who comes after it. */
async function requireLockTimeout(session: Session): Promise<void> {
  await session.query(
    "SELECT pg_catalog.set_config('lock_timeout', $1, false) WHERE pg_catalog.current_setting('lock_timeout')::interval = '0'",
    [longestLockWait],
  );
}

const longestLockWait = '1min';
