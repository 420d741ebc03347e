import { identifier, literal, type Session, withParts, withSession } from '@opsgraph/postgres';
import type { ScratchInput } from './scratch-input.ts';

interface Likeness {
  database: string;
  encoding: string;
  collate: string;
  ctype: string;
  owner: string;
  settings: string[] | null;
  extensions: { name: string; schema: string }[];
}

/** Creates an empty database with the target's encoding, locale, settings and the extensions that its user may not create. */
export async function createLike(maker: Session, { target, adminUrl }: ScratchInput, name: string): Promise<void> {
  const like = await withSession({ ...target, statementTimeout: 0, ownSqlOnly: true }, readLikeness);
  await maker.execute(
    `CREATE DATABASE ${identifier(name)} OWNER ${identifier(like.owner)} TEMPLATE template0 ENCODING ${literal(like.encoding)} LC_COLLATE ${literal(like.collate)} LC_CTYPE ${literal(like.ctype)}`,
  );
  await maker.execute(`COMMENT ON DATABASE ${identifier(name)} IS ${literal(`scratch beside ${like.database}`)}`);
  for (const setting of like.settings ?? []) {
    const at = setting.indexOf('=');
    const value = written(setting.slice(0, at), setting.slice(at + 1));
    await maker.execute(`ALTER DATABASE ${identifier(name)} SET ${identifier(setting.slice(0, at))} TO ${value}`);
  }
  if (like.extensions.length === 0 || adminUrl === undefined) return;
  const asAdmin = { ...target, url: withParts(adminUrl, { database: name }), ownSqlOnly: true };
  await withSession(asAdmin, async (admin) => {
    for (const { name: extension, schema } of like.extensions) {
      const place = identifier(schema);
      await admin.execute(`CREATE SCHEMA IF NOT EXISTS ${place} AUTHORIZATION ${identifier(like.owner)}`);
      await admin.execute(`CREATE EXTENSION IF NOT EXISTS ${identifier(extension)} WITH SCHEMA ${place} CASCADE`);
    }
  });
}

async function readLikeness(session: Session): Promise<Likeness> {
  const [facts] = await session.query<Omit<Likeness, 'extensions'>>(
    `SELECT datname AS database, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype, current_user::text AS owner,
            (SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = d.oid AND setrole = 0) AS settings
     FROM pg_database d WHERE datname = current_database()`,
  );
  // A trusted extension is created by the migration itself.
  const extensions = await session.query<Likeness['extensions'][number]>(
    `SELECT extname AS name, nspname AS schema FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
     WHERE extname <> 'plpgsql' AND NOT EXISTS (
       SELECT FROM pg_available_extension_versions v WHERE v.name = extname AND v.version = extversion AND (v.trusted OR NOT v.superuser))
     ORDER BY pg_extension.oid`,
  );
  return { ...facts!, extensions };
}

/** Settings that are lists are stored as they are written: quoted already. */
function written(name: string, stored: string): string {
  return /^(search_path|temp_tablespaces|session_preload_libraries|local_preload_libraries)$/i.test(name)
    ? stored || "''"
    : literal(stored);
}
