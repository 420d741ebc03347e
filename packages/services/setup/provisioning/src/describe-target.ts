import { OpsError } from '@opsgraph/errors';
import { type Chapter, requireChapters, requireEnvironment } from '@opsgraph/ledger';
import { type ConnectionSettings, oldestServer, withSession } from '@opsgraph/postgres';

/**
 * Logs in as the tasks do and says where that leads: database, server
 * version, environment. Changes nothing.
 *
 * @throws OpsError of the connection and the guard; SERVER_TOO_OLD, LEDGER_OLDER (78); TARGET_READ_ONLY, LEDGER_NEWER (77)
 */
export async function describeTarget(
  connection: ConnectionSettings,
  environment: string,
  chapters: readonly Chapter[],
): Promise<string> {
  return withSession({ ...connection, ownSqlOnly: true }, async (session) => {
    const { database, host, port, version } = session.server;
    if (version < oldestServer * 10_000) {
      throw new OpsError({
        code: 'SERVER_TOO_OLD',
        exit: 'configuration',
        message: `${host}:${port} is PostgreSQL ${Math.floor(version / 10_000)}; the oldest that works is ${oldestServer}`,
        hint: 'upgrade the server',
      });
    }
    const marker = await requireEnvironment(session, environment);
    requireChapters(marker, chapters, environment);
    const [access] = await session.query<{ standby: boolean; reads: boolean }>(
      "SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') = 'on' AS reads",
    );
    if (access!.standby || access!.reads) {
      throw new OpsError({
        code: 'TARGET_READ_ONLY',
        exit: 'refused',
        message: `${database} at ${host}:${port} only allows reading: ${access!.standby ? 'it is a standby' : 'default_transaction_read_only is on'}`,
        hint: access!.standby
          ? 'name the primary in DATABASE_URL'
          : 'is it set for the role or the database on purpose? otherwise: ALTER ROLE or ALTER DATABASE … RESET default_transaction_read_only',
      });
    }
    return `${database} at ${host}:${port}, PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}, marked ${marker.environment}`;
  });
}
