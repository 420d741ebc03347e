import type { Session } from '@opsgraph/postgres';

/** A host that is not in the configuration any more, with what was left running there. */
export interface LeftHost {
  host: string;
  release: string;
  /** It still was there at the last deployment that ended well. */
  isNew: boolean;
}

/**
 * Hosts that got a release and have left the configuration since. Nobody
 * ended their service, unless `stop` did while they still were in it.
 *
 * @param hosts those that the configuration has
 */
export async function readLeftHosts(session: Session, hosts: readonly string[]): Promise<LeftHost[]> {
  return session.query<LeftHost & Record<string, unknown>>(
    `WITH last AS (
       SELECT DISTINCT ON (s.host) s.host, d.id, d.position,
              CASE WHEN s.step = 'undo' AND s.state = 'done' THEN s.before ELSE d.release END AS release
       FROM ops.deployment_step s JOIN ops.deployment d ON d.id = s.deployment
       WHERE s.step IN ('switch', 'undo') AND s.host <> ALL($1)
       ORDER BY s.host, d.position DESC, s.begun_at DESC
     )
     SELECT host, release, id = (
         SELECT id FROM ops.deployment WHERE state IN ('switched', 'verified', 'unchanged') ORDER BY position DESC LIMIT 1
       ) AS "isNew"
     FROM last WHERE release IS NOT NULL
       AND NOT EXISTS (SELECT FROM ops.deployment s WHERE s.state = 'stopped' AND s.position > last.position)
     ORDER BY host`,
    [hosts],
  );
}

/** For people. */
export function describeLeft({ host, release }: LeftHost, root: string): string {
  return `${host} is no longer in the configuration, and still has release ${release}, which may keep serving; put the host back and run stop, or stop it there: kill $(cat ${root}/.ops/service/*/pid)`;
}
