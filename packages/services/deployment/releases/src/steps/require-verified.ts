import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { Manifest } from '../artifact/manifest.ts';
import { findRelease } from '../ledger/known-releases.ts';

/**
 * The same release must have been verified on another environment before.
 *
 * @param session on that environment
 * @throws OpsError NOT_VERIFIED_BEFORE (77)
 */
export async function requireVerified(session: Session, release: string, environment: string): Promise<void> {
  const found = await findRelease(session, release);
  if (found?.verified_at != null && found.withdrawn_at === null) return;
  throw notVerifiedBefore(
    found === undefined
      ? `release ${release} was never deployed to ${environment}`
      : found.withdrawn_at === null
        ? `release ${release} was deployed to ${environment}, but not verified there`
        : `${environment} rolled back from release ${release}`,
    environment,
  );
}

export function notVerifiedBefore(message: string, environment: string, cause?: unknown): OpsError {
  return new OpsError({
    code: 'NOT_VERIFIED_BEFORE',
    exit: 'refused',
    message,
    hint: `pnpm turbo run deploy:${environment} first; or run preflight with --override "why", which is recorded`,
    cause,
  });
}

/**
 * The artifact must be what the tree would give now: else the commit that is
 * recorded would be the wrong one.
 *
 * @throws OpsError RELEASE_STALE (77)
 */
export function requireCurrent(built: Manifest, now: Manifest): void {
  if (built.id === now.id) return;
  throw new OpsError({
    code: 'RELEASE_STALE',
    exit: 'refused',
    message: `the artifact is release ${built.id}, this tree gives ${now.id}`,
    hint: 'build it again: pnpm turbo run release',
  });
}
