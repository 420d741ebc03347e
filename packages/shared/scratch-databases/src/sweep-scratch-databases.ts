import { identifier, literal, type Session } from '@opsgraph/postgres';
import { scratchPrefix } from './scratch-name.ts';

/** Seconds that a scratch database may be without a connection: between its creation and its first use. */
const grace = 60;

/** Drops scratch databases that killed runs left: old enough, nobody connected, and this role may. Returns their names. */
export async function sweepScratchDatabases(maker: Session): Promise<string[]> {
  const rows = await maker.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database d
     WHERE datname ~ ${literal(`^${scratchPrefix}[0-9]{1,12}_[0-9a-f]+$`)}
       AND split_part(substr(datname, ${scratchPrefix.length + 1}), '_', 1)::bigint < extract(epoch FROM now()) - ${grace}
       AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
       AND (pg_has_role(datdba, 'USAGE') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))`,
  );
  const swept: string[] = [];
  for (const { name } of rows) {
    // Without FORCE: somebody who has connected since keeps it.
    const done = await maker.client.query(`DROP DATABASE IF EXISTS ${identifier(name)}`).then(
      () => true,
      () => false,
    );
    if (done) swept.push(name);
  }
  return swept;
}
