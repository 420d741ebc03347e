import { OpsError } from '@opsgraph/errors';
import { type Session, sqlState } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';

/**
 * A database whose marker is gone is still the environment that its records
 * name. Marked as another one, it would be asked for by the wrong name, or as
 * `local` not at all; so it gets its own marker back first.
 *
 * @throws OpsError WRONG_ENVIRONMENT (77)
 */
export async function requireOwnRecords(session: Session, environment: string): Promise<void> {
  const recorded = await lastRecorded(session);
  if (recorded === undefined || recorded === environment) return;
  const { database, host, port } = session.server;
  throw new OpsError({
    code: 'WRONG_ENVIRONMENT',
    exit: 'refused',
    message: `database ${database} at ${host}:${port} has no environment marker, but its records are of "${recorded}", not of "${environment}"; nothing was touched`,
    hint: `check DATABASE_URL; to restore its marker: ${command`pnpm --filter setup run database --env ${recorded} --adopt ${database}`}`,
  });
}

/** The environment of the latest run; undefined without a ledger of ours. */
async function lastRecorded(session: Session): Promise<string | undefined> {
  try {
    const [row] = await session.query<{ environment: string }>(
      'SELECT environment FROM ops.run ORDER BY started_at DESC LIMIT 1',
    );
    return row?.environment;
  } catch (error) {
    // No schema, no table; or a table of another user.
    if (['42P01', '3F000', '42703'].includes(sqlState(error))) return undefined;
    throw error;
  }
}
