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
  const found = await foreignObjects(session);
  if (found.length === 0) return;
  const shown = found.slice(0, 5).join(', ');
  throw new OpsError({
    code: 'DATABASE_IN_USE',
    exit: 'refused',
    message: `database ${database} at ${host}:${port} has objects already (${shown}${found.length > 5 ? ', …' : ''}) and no environment marker; nothing was touched`,
    hint: `check DATABASE_URL; if this is the database of ${environment}: ${command`pnpm --filter setup run database --env ${environment} --adopt ${database}`}`,
  });
}

/**
 * Up to six; without what belongs to an extension or to another object, and without the ledger that a killed setup has
 * left. That one is known by its columns: others have a schema `ops` with a table `version` too.
 */
async function foreignObjects(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `WITH found AS (
       SELECT 'pg_class'::regclass AS catalogue, oid, relnamespace AS schema, relname::text AS name
       FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace, proname || '()' FROM pg_proc
       UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace, typname::text FROM pg_type
       WHERE typtype IN ('e', 'd', 'r') OR (SELECT relkind = 'c' FROM pg_class WHERE oid = typrelid)
     ), ledger AS (
       SELECT count(*) = 3 AS is_ours FROM pg_attribute WHERE attnum > 0 AND (attrelid, attname::text, atttypid::regtype::text) IN (
         (to_regclass('ops.version'), 'version', 'integer'),
         (to_regclass('ops.version'), 'applied_at', 'timestamp with time zone'),
         (to_regclass('ops.environment'), 'name', 'text'))
     )
     SELECT n.nspname || '.' || found.name AS name FROM found JOIN pg_namespace n ON n.oid = found.schema, ledger
     WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT (n.nspname = 'ops' AND is_ours)
       AND NOT EXISTS (SELECT FROM pg_depend d
                       WHERE d.classid = found.catalogue AND d.objid = found.oid AND d.deptype IN ('e', 'a', 'i'))
     ORDER BY 1 LIMIT 6`,
  );
  return rows.map(({ name }) => name);
}
