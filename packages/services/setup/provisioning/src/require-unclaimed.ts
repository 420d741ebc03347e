import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';

/**
 * A database without a marker is ours to mark when it is empty, or when
 * somebody has named it. Any other belongs to somebody: marked `local`, severe
 * acts on it would need no confirmation.
 *
 * @throws OpsError DATABASE_IN_USE (77)
 */
export async function requireUnclaimed(
  session: Session,
  environment: string,
  adopt: string | undefined,
): Promise<void> {
  const { database, host, port } = session.server;
  if (adopt === database) return;
  const found = await foreignTables(session);
  if (found.length === 0) return;
  const shown = found.slice(0, 5).join(', ');
  throw new OpsError({
    code: 'DATABASE_IN_USE',
    exit: 'refused',
    message: `database ${database} at ${host}:${port} has tables already (${shown}${found.length > 5 ? ', …' : ''}) and no environment marker; nothing was touched`,
    hint: `check DATABASE_URL; if this is the database of ${environment}: ${command`pnpm --filter setup run database --env ${environment} --adopt ${database}`}`,
  });
}

/** Up to six; without those of extensions, and without the ledger that a killed setup has left. */
async function foreignTables(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND NOT (n.nspname = 'ops' AND to_regclass('ops.version') IS NOT NULL)
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1 LIMIT 6`,
  );
  return rows.map(({ name }) => name);
}
