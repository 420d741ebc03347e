import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { type Deployment, readSteps } from '../ledger/deployments.ts';

/** One line about a deployment that was found dead: how far it came. */
export async function describeDead(session: Session, { id, kind, actor, release }: Deployment): Promise<string> {
  const steps = await readSteps(session, id);
  const hosts = new Set(steps.map(({ host }) => host));
  const done = steps.filter(({ step, state }) => step === 'switch' && state === 'done').length;
  const how = hosts.size === 0 ? 'before it touched a host' : `when ${done} of ${hosts.size} hosts had ${release}`;
  return `a ${kind} of ${actor} died (${id}) ${how}; it is recorded as abandoned`;
}

/**
 * `--resume` goes on with the release of a deployment that died, and with no other.
 *
 * @throws OpsError NOTHING_TO_RESUME, RELEASE_CHANGED (77)
 */
export async function requireResumable(session: Session, release: string, environment: string): Promise<void> {
  const [last] = await session.query<{ release: string | null; state: string }>(
    `SELECT release, state FROM ops.deployment WHERE kind = 'deploy' AND state <> 'unchanged' ORDER BY position DESC OFFSET 1 LIMIT 1`,
  );
  if (last === undefined || !['abandoned', 'failed', 'open', 'switched'].includes(last.state)) {
    throw new OpsError({
      code: 'NOTHING_TO_RESUME',
      exit: 'refused',
      message: `no deployment to ${environment} is unfinished`,
      hint: `leave --resume out: turbo run deploy:${environment}`,
    });
  }
  if (last.release === release) return;
  throw new OpsError({
    code: 'RELEASE_CHANGED',
    exit: 'refused',
    message: `the unfinished deployment was of release ${last.release}, the artifact is ${release} now`,
    hint: `check out what was deployed then; or leave --resume out to deploy ${release}, or go back: pnpm --filter deployment run rollback:${environment}`,
  });
}
