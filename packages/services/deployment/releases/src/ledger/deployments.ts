import type { Session } from '@opsgraph/postgres';
import type { Manifest } from '../artifact/manifest.ts';

export type DeploymentState =
  | 'open'
  | 'switched'
  | 'verified'
  | 'unchanged'
  | 'failed'
  | 'abandoned'
  | 'stopped'
  | 'pruned';

export interface Deployment {
  id: string;
  kind: 'deploy' | 'rollback' | 'stop' | 'prune';
  release: string | null;
  git_commit: string | null;
  plan: string | null;
  actor: string;
  host: string;
  reason: string | null;
  state: DeploymentState;
  started_at: Date;
  finished_at: Date | null;
  error: string | null;
}

export interface NewDeployment {
  id: string;
  kind: Deployment['kind'];
  release: string | undefined;
  commit: string | undefined;
  plan: string | undefined;
  actor: string;
  host: string;
  reason: string | undefined;
}

const columns = 'id, kind, release, git_commit, plan, actor, host, reason, state, started_at, finished_at, error';

/** A release that this environment has not seen before is recorded; a known one is made welcome again. */
export async function recordRelease(session: Session, manifest: Manifest, commit: string | undefined): Promise<void> {
  await session.execute(
    `INSERT INTO ops.release (id, application, manifest, git_commit) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET git_commit = coalesce(excluded.git_commit, ops.release.git_commit), withdrawn_at = NULL, pruned_at = NULL`,
    [manifest.id, manifest.application, manifest, commit],
  );
}

export async function insertDeployment(session: Session, deployment: NewDeployment): Promise<void> {
  const { id, kind, release, commit, plan, actor, host, reason } = deployment;
  await session.execute(
    `INSERT INTO ops.deployment (id, kind, release, git_commit, plan, actor, host, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, kind, release, commit, plan, actor, host, reason],
  );
}

export async function readDeployment(session: Session, id: string): Promise<Deployment | undefined> {
  const [row] = await session.query<Deployment & Record<string, unknown>>(
    `SELECT ${columns} FROM ops.deployment WHERE id = $1`,
    [id],
  );
  return row;
}

/** `finished` ends it; an error says why. One that has ended stays as it is: its successor wrote that. */
export async function setState(
  session: Session,
  id: string,
  state: DeploymentState,
  { finished = false, error }: { finished?: boolean; error?: string } = {},
): Promise<void> {
  await session.execute(
    `UPDATE ops.deployment SET state = $2, finished_at = CASE WHEN $3 THEN pg_catalog.clock_timestamp() ELSE finished_at END, error = coalesce($4, error)
     WHERE id = $1 AND finished_at IS NULL`,
    [id, state, finished, error],
  );
}

/** Deployments that nobody ended; called by the new holder of the lease, who thereby knows that they are dead. */
export async function abandonDead(session: Session, by: string): Promise<Deployment[]> {
  return session.query<Deployment & Record<string, unknown>>(
    `UPDATE ops.deployment SET state = 'abandoned', finished_at = pg_catalog.clock_timestamp(), error = coalesce(error, 'ended without recording an outcome')
     WHERE finished_at IS NULL AND id <> $1 RETURNING ${columns}`,
    [by],
  );
}

/**
 * The deployment that nobody ended, unless it is the one under way.
 *
 * @param running the deployment that holds the lease
 */
export async function findUnended(session: Session, running: string | undefined): Promise<Deployment | undefined> {
  const [row] = await session.query<Deployment & Record<string, unknown>>(
    `SELECT ${columns} FROM ops.deployment WHERE finished_at IS NULL AND id IS DISTINCT FROM $1 ORDER BY position DESC LIMIT 1`,
    [running],
  );
  return row;
}
