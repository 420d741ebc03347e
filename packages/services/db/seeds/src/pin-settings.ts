import { OpsError } from '@opsgraph/errors';
import { pinOwnSettings, type Session } from '@opsgraph/postgres';

/**
 * Inside a transaction: how values look as text, the same for every session,
 * so that an image of a row equals itself in a later run; and what makes
 * large sets fast. Rows that a policy would hide are an error: a child that is
 * not seen goes with its parent, since a cascade heeds no policy.
 *
 * @throws OpsError TRIGGERS_OFF (77) where session_replication_role turns triggers and foreign keys off
 */
export async function pinSettings(session: Session): Promise<void> {
  await session.execute(
    `${pinOwnSettings('LOCAL')};
     SET LOCAL row_security = off; SET LOCAL work_mem = '64MB';
     -- at the default of 4 the server checks a foreign key to a small table by reading all of it, for each row
     SET LOCAL random_page_cost = 1.1`,
  );
  const [row] = await session.query<{ role: string }>(
    "SELECT pg_catalog.current_setting('session_replication_role') AS role",
  );
  if (row!.role === 'origin') return;
  throw new OpsError({
    code: 'TRIGGERS_OFF',
    exit: 'refused',
    message: `session_replication_role is ${row!.role} for ${session.server.user}: triggers and foreign keys would not fire`,
    hint: `ALTER ROLE … RESET session_replication_role, or ALTER DATABASE ${session.server.database} RESET …; nothing was written`,
  });
}
