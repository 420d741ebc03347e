import type { Session } from '@opsgraph/postgres';

/** What this login may see; without it a signal is blind. */
export interface Sight {
  activity: boolean;
  archive: boolean;
}

/** Which of the signals the login can read. The archive counts as seen when there is none. */
export async function readSight(session: Session): Promise<Sight> {
  const [row] = await session.query<Sight>(
    `SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS activity,
            pg_catalog.current_setting('archive_mode') = 'off'
              OR has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE') AS archive`,
  );
  return row!;
}

/** What it will not wait for and which grant changes that; undefined when it sees all. */
export function describeBlindness({ server: { user } }: Session, { activity, archive }: Sight): string | undefined {
  const unseen = [
    ...(activity ? [] : ["others' transactions", 'replicas']),
    ...(archive ? [] : ['WAL that waits for the archive']),
  ];
  if (unseen.length === 0) return undefined;
  return `${user} cannot see ${unseen.join(', ')}, so the work does not wait for them; GRANT pg_monitor TO "${user}" changes that`;
}
