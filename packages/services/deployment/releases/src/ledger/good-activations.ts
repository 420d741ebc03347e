import type { Session } from '@opsgraph/postgres';

/** What a deployment that ended well left on the hosts. */
export interface GoodActivation {
  deployment: string;
  release: string;
  /** The name of the settings by host; null: none were recorded. */
  settings: ReadonlyMap<string, string | null>;
  /** Somebody went back from that release, or from its settings. */
  isWithdrawn: boolean;
}

/** The newest first; each deployment once, though several may have left the same. */
export async function goodActivations(session: Session, application: string): Promise<GoodActivation[]> {
  const rows = await session.query<{
    deployment: string;
    release: string;
    host: string;
    settings: string | null;
    withdrawn: boolean;
  }>(
    `SELECT s.deployment, d.release, s.host, s.settings, r.withdrawn_at IS NOT NULL OR s.withdrawn_at IS NOT NULL AS withdrawn
     FROM ops.deployment d JOIN ops.deployment_step s ON s.deployment = d.id AND s.step = 'switch' JOIN ops.release r ON r.id = d.release
     WHERE d.state IN ('verified', 'unchanged') AND r.verified_at IS NOT NULL AND r.application = $1 ORDER BY d.position DESC`,
    [application],
  );
  return [...Map.groupBy(rows, ({ deployment }) => deployment)].map(([deployment, steps]) => ({
    deployment,
    release: steps[0]!.release,
    settings: new Map(steps.map(({ host, settings }) => [host, settings])),
    isWithdrawn: steps.some(({ withdrawn }) => withdrawn),
  }));
}

/** Of a release that stays good with other settings: nobody goes back to these by default, until they are verified again. */
export async function markSettingsWithdrawn(
  session: Session,
  release: string,
  { left, kept }: { left: readonly string[]; kept: readonly string[] },
): Promise<void> {
  await session.execute(
    `UPDATE ops.deployment_step s SET withdrawn_at = CASE WHEN settings = ANY($3::text[]) THEN NULL ELSE pg_catalog.clock_timestamp() END
     FROM ops.deployment d WHERE d.id = s.deployment AND s.step = 'switch' AND d.release = $1 AND s.settings = ANY($2::text[] || $3::text[])`,
    [release, left, kept],
  );
}
