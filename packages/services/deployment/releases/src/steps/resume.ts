import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';

/**
 * `--resume` continues with the release of a deployment that died or failed, and
 * with no other. An attempt that preflight refused is nothing to continue with.
 *
 * @param by the deployment that wants to continue
 * @throws OpsError NOTHING_TO_RESUME, RELEASE_CHANGED (77)
 */
export async function requireResumable(
  session: Session,
  by: string,
  release: string,
  environment: string,
): Promise<void> {
  const [last] = await session.query<{ kind: string; release: string | null; state: string }>(
    `SELECT kind, release, state FROM ops.deployment d
     WHERE id <> $1 AND kind IN ('deploy', 'rollback')
       AND (state = 'abandoned' OR EXISTS (SELECT FROM ops.deployment_step s WHERE s.deployment = d.id))
     ORDER BY position DESC LIMIT 1`,
    [by],
  );
  if (last?.kind !== 'deploy' || !['abandoned', 'failed'].includes(last.state)) {
    throw new OpsError({
      code: 'NOTHING_TO_RESUME',
      exit: 'refused',
      message: `no deployment to ${environment} is unfinished`,
      hint: `leave --resume out: pnpm turbo run deploy:${environment}`,
    });
  }
  if (last.release === release) return;
  throw new OpsError({
    code: 'RELEASE_CHANGED',
    exit: 'refused',
    message: `the unfinished deployment was of release ${last.release}, the artifact is ${release} now`,
    hint: `check out what was deployed then; or leave --resume out to deploy ${release}, or roll back: pnpm --filter deployment run rollback:${environment}`,
  });
}
