import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';

/** Whether a login works; a refused one, or a missing database, is a no. */
export async function canLogIn(
  settings: ConnectionSettings,
  look: (session: Session) => Promise<unknown> = async () => {},
): Promise<boolean> {
  try {
    await withSession(settings, look);
    return true;
  } catch (error) {
    if (error instanceof OpsError && ['DATABASE_LOGIN_REFUSED', 'DATABASE_MISSING'].includes(error.code)) return false;
    throw error;
  }
}
