import type { Session } from '@opsgraph/postgres';
import { maskDeep } from '@opsgraph/secrets';

export type Effect = 'read' | 'write' | 'destroy';
/** findings: a check found something, and nothing broke. Exit code 0 is that of ok and changed only. */
export type Outcome = 'ok' | 'changed' | 'findings' | 'failed' | 'refused' | 'interrupted';

/** What is known before a task acts. */
export interface RunIntent {
  id: string;
  /** The name of the lock that it holds if it writes: its domain, unless the task has one of its own. */
  domain: string;
  task: string;
  effect: Effect;
  dryRun: boolean;
  environment: string;
  arguments: Record<string, unknown>;
  actor: string;
  host: string;
  ciJob: string | undefined;
  gitCommit: string | undefined;
}

/** What is known after. */
export interface RunOutcome {
  outcome: Outcome;
  exitCode: number;
  /** How many of what: { inserted: 3, updated: 1 }. */
  counts: Record<string, number>;
  summary: string;
  error: { code: string; message: string } | undefined;
}

/**
 * Records that a run begins. Everything written is masked first.
 *
 * @param ago milliseconds since it began, for one that is recorded when it has ended
 */
export async function beginRun(session: Session, run: RunIntent, ago = 0): Promise<void> {
  await session.execute(
    `INSERT INTO ops.run (id, domain, task, effect, dry_run, environment, arguments, actor, host, ci_job, git_commit, started_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() - $12::float8 * interval '1 millisecond')`,
    [
      run.id,
      run.domain,
      run.task,
      run.effect,
      run.dryRun,
      run.environment,
      maskDeep(run.arguments),
      run.actor,
      run.host,
      run.ciJob,
      run.gitCommit,
      ago,
    ],
  );
}

/** Records how it ended. */
export async function finishRun(session: Session, id: string, end: RunOutcome): Promise<void> {
  const { outcome, exitCode, counts, summary, error } = maskDeep(end) as RunOutcome;
  await session.execute(
    'UPDATE ops.run SET finished_at = clock_timestamp(), outcome = $2, exit_code = $3, counts = $4, summary = $5, error = $6 WHERE id = $1',
    [id, outcome, exitCode, counts, summary, error],
  );
}

/**
 * Closes the runs of a domain that never recorded their outcome. Called by the
 * holder of the domain's lock, who thereby knows that they are dead.
 */
export async function closeDeadRuns(session: Session, domain: string, by: string): Promise<number> {
  return session.execute(
    `UPDATE ops.run SET finished_at = clock_timestamp(), outcome = 'interrupted',
       error = jsonb_build_object('code', 'DIED', 'message', 'ended without recording an outcome; noticed by run ' || $2)
     WHERE domain = $1 AND outcome IS NULL AND effect <> 'read' AND NOT dry_run AND id <> $2`,
    [domain, by],
  );
}

export interface RecordedRun extends Pick<RunIntent, 'id' | 'task' | 'actor' | 'host' | 'dryRun'> {
  startedAt: Date;
  /** The rest is null while it runs. */
  outcome: Outcome | null;
  exitCode: number | null;
  milliseconds: number | null;
  counts: Record<string, number> | null;
  summary: string | null;
  error: { code: string; message: string } | null;
}

/** The latest runs since a time, newest first. */
export async function recentRuns(session: Session, limit: number, since = new Date(0)): Promise<RecordedRun[]> {
  return session.query<RecordedRun>(
    `SELECT id, task, actor, host, dry_run AS "dryRun", started_at AS "startedAt", duration_ms AS milliseconds,
            outcome, exit_code AS "exitCode", counts, summary, error
     FROM ops.run WHERE started_at >= $2 ORDER BY started_at DESC, id DESC LIMIT $1`,
    [limit, since],
  );
}
