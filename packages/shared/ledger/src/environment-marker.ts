import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';
import { type LedgerState, refuseNewer } from './chapters.ts';
import { readMarked } from './read-ledger-state.ts';
import { requireEncoding } from './require-encoding.ts';

export interface Marker extends LedgerState {
  environment: string;
}

/** Which environment the target says it is, and its ledger's state; undefined when setup has not been there. */
export async function readMarker(session: Session): Promise<Marker | undefined> {
  const found = await readMarked(session);
  if (found === undefined) return undefined;
  const { name: environment, form, versions } = found;
  return { environment, form, versions };
}

/**
 * The guard before every task: the target must be the environment that the
 * configuration names, or `formerly` for the task that renames it.
 *
 * @throws OpsError DATABASE_NOT_UTF8, TARGET_NOT_SET_UP (78), WRONG_ENVIRONMENT (77), LEDGER_NEWER (77)
 */
export async function requireEnvironment(session: Session, configured: string, formerly?: string): Promise<Marker> {
  requireEncoding(session);
  const marker = await readMarker(session);
  if (marker === undefined) {
    throw new OpsError({
      code: 'TARGET_NOT_SET_UP',
      exit: 'configuration',
      message: `database ${session.server.database} at ${session.server.host}:${session.server.port} has no environment marker`,
      hint: `set it up: pnpm --filter setup run database --env ${configured}`,
    });
  }
  if (marker.environment !== configured && marker.environment !== formerly) {
    throw new OpsError({
      code: 'WRONG_ENVIRONMENT',
      exit: 'refused',
      message: `database ${session.server.database} at ${session.server.host}:${session.server.port} is "${marker.environment}", the configuration is "${configured}"`,
      hint: `check DATABASE_URL, or use ${command`--env ${marker.environment}`}; nothing was touched`,
    });
  }
  refuseNewer(marker, []);
  return marker;
}

/**
 * Writes the marker when there is none. An existing one is never changed here.
 *
 * @returns whether it was written
 * @throws OpsError WRONG_ENVIRONMENT (77) when the target is another environment
 */
export async function setEnvironment(session: Session, name: string, by: string): Promise<boolean> {
  const written = await session.execute(
    'INSERT INTO ops.environment (name, set_by) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [name, by],
  );
  if (written === 0) await requireEnvironment(session, name);
  return written === 1;
}

export interface EnvironmentRename {
  from: string;
  to: string;
  by: string;
  dryRun: boolean;
}

/**
 * The explicit change of the marker, for a database that becomes another
 * environment.
 *
 * @returns whether it had to change
 * @throws OpsError WRONG_ENVIRONMENT (77) when the target is neither
 */
export async function renameEnvironment(
  session: Session,
  { from, to, by, dryRun }: EnvironmentRename,
): Promise<boolean> {
  const marker = await readMarker(session);
  if (marker?.environment === to) return false;
  await requireEnvironment(session, from);
  if (!dryRun) await session.execute('UPDATE ops.environment SET name = $1, set_by = $2, set_at = now()', [to, by]);
  return true;
}
