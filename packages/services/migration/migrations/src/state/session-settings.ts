import { identifier, literal, type Session } from '@opsgraph/postgres';
import type { MigrationSettings } from '../settings.ts';

/** Words by which a migration may change settings that outlive its transaction. */
const mayChange = /\b(set|reset|set_config|discard)\b/i;

/** Words by which it may have become another role, who need not be allowed to write the ledger. */
const mayBeSomebodyElse = /\b(role|authorization)\b/i;

/**
 * Runs `work` with the settings complete (knexModule read) and the configured
 * search path, and puts the session's own one back.
 *
 * @throws OpsError KNEX_MODULE (78)
 */
export async function withSettings<Settings extends MigrationSettings, T>(
  session: Session,
  given: Settings,
  work: (settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = await completeSettings(given);
  const path = settings.searchPath === undefined ? [] : [settings.searchPath].flat();
  if (path.length === 0) return work(settings);
  const [before] = await session.query<{ path: string }>("SELECT pg_catalog.current_setting('search_path') AS path");
  await session.execute(`SET search_path TO ${path.map((schema) => identifier(schema)).join(', ')}`);
  try {
    return await work(settings);
  } finally {
    await session.client
      .query(`SELECT pg_catalog.set_config('search_path', ${literal(before!.path)}, false)`)
      .catch(() => {
        // the connection is gone, and its settings with it
      });
  }
}

async function completeSettings<Settings extends MigrationSettings>(settings: Settings): Promise<Settings> {
  if (settings.knexModule === undefined || settings.knex !== undefined) return settings;
  // Nine projects of ten have none, and need not load what reads it.
  const { loadKnexOptions } = await import('../knex/load-knex-options.ts');
  return { ...settings, knex: await loadKnexOptions(settings, settings.knexModule) };
}

export interface SettingsKeeper {
  /** Puts the settings back when a migration with this SQL may have left others: no migration sees what another set. */
  restoreAfter(sql: string): Promise<void>;
  /** A record in the transaction of a migration with this SQL, as the role that we are. */
  asOurselves(sql: string, record: string): string;
}

/** Remembers the settings that the session has now: timeouts, search path. `renew` brings what cannot be read: settings of applications. */
export async function keepSettings(session: Session, renew: () => Promise<void>): Promise<SettingsKeeper> {
  const rows = await session.query<{ name: string; value: string }>(
    "SELECT name, setting AS value FROM pg_settings WHERE source = 'session'",
  );
  const [we] = await session.query<{ session: string; role: string }>(
    'SELECT session_user AS session, current_user AS role',
  );
  const ourselves = `SET LOCAL SESSION AUTHORIZATION ${identifier(we!.session)};SET LOCAL ROLE ${identifier(we!.role)}`;
  const restore = [
    'RESET SESSION AUTHORIZATION',
    'RESET ROLE',
    'RESET ALL',
    `SELECT ${rows.map(({ name, value }) => `pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`).join(', ') || '1'}`,
  ].join(';');
  return {
    restoreAfter: async (sql) => {
      if (!mayChange.test(sql)) return;
      await session.query(restore);
      await renew();
    },
    asOurselves: (sql, record) => (mayBeSomebodyElse.test(sql) ? `${ourselves};${record}` : record),
  };
}
