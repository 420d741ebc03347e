import type { Session } from '@opsgraph/postgres';

/** What a deployment does to a host, written before and after. */
export interface StepRecord {
  deployment: string;
  host: string;
  step: 'stage' | 'switch' | 'undo';
}

/** A release and the name of its settings on the host; see rollout/activation.ts. */
export interface StepActivation {
  release: string;
  settings: { name: string };
}

/**
 * Before it is done.
 *
 * @param before that to which the host would go back
 * @param settings name of those with which the service is started
 */
export async function beginStep(
  session: Session,
  { deployment, host, step }: StepRecord,
  before?: StepActivation,
  settings?: string,
): Promise<void> {
  await session.execute(
    `INSERT INTO ops.deployment_step (deployment, host, step, state, before, before_settings, settings) VALUES ($1, $2, $3, 'begun', $4, $5, $6)
     ON CONFLICT (deployment, host, step) DO UPDATE SET state = 'begun', settings = excluded.settings, begun_at = pg_catalog.clock_timestamp(), ended_at = NULL, detail = NULL`,
    [deployment, host, step, before?.release, before?.settings.name, settings],
  );
}

export async function endStep(
  session: Session,
  { deployment, host, step }: StepRecord,
  state: 'done' | 'failed',
  detail?: string,
): Promise<void> {
  await session.execute(
    'UPDATE ops.deployment_step SET state = $4, detail = $5, ended_at = pg_catalog.clock_timestamp() WHERE deployment = $1 AND host = $2 AND step = $3',
    [deployment, host, step, state, detail],
  );
}

/** The same in one statement, before releases are put together beside what is live on these hosts. */
export async function beginStages(session: Session, deployment: string, hosts: readonly string[]): Promise<void> {
  if (hosts.length === 0) return;
  await session.execute(
    `INSERT INTO ops.deployment_step (deployment, host, step, state) SELECT $1, host, 'stage', 'begun' FROM unnest($2::text[]) AS u (host)
     ON CONFLICT (deployment, host, step) DO UPDATE SET state = 'begun', begun_at = clock_timestamp(), ended_at = NULL, detail = NULL`,
    [deployment, hosts],
  );
}

/** @param files how many were uploaded, by host */
export async function endStages(
  session: Session,
  deployment: string,
  files: ReadonlyMap<string, number>,
): Promise<void> {
  if (files.size === 0) return;
  await session.execute(
    `UPDATE ops.deployment_step s SET state = 'done', detail = u.files || ' files', ended_at = clock_timestamp()
     FROM unnest($2::text[], $3::int[]) AS u (host, files) WHERE s.deployment = $1 AND s.host = u.host AND s.step = 'stage'`,
    [deployment, [...files.keys()], [...files.values()]],
  );
}

/** The same in one statement for hosts to which nothing was done: they have what is wanted, and were asked. */
export async function recordUnchanged(
  session: Session,
  deployment: string,
  hosts: readonly { host: string; before: StepActivation | undefined; settings: string }[],
): Promise<void> {
  if (hosts.length === 0) return;
  await session.execute(
    `INSERT INTO ops.deployment_step (deployment, host, step, state, before, before_settings, settings, detail, ended_at)
     SELECT $1, host, 'switch', 'done', before, before_settings, settings, 'unchanged', clock_timestamp()
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS u (host, before, before_settings, settings)
     ON CONFLICT (deployment, host, step) DO UPDATE
     SET state = 'done', settings = excluded.settings, detail = 'unchanged', ended_at = clock_timestamp()`,
    [
      deployment,
      hosts.map(({ host }) => host),
      hosts.map(({ before }) => before?.release ?? null),
      hosts.map(({ before }) => before?.settings.name ?? null),
      hosts.map(({ settings }) => settings),
    ],
  );
}

export interface Step {
  deployment: string;
  host: string;
  step: StepRecord['step'];
  state: 'begun' | 'done' | 'failed';
  before: string | null;
  before_settings: string | null;
  detail: string | null;
  /** Milliseconds since it ended, by the database's clock. */
  age: number | null;
}

export async function readSteps(session: Session, deployment: string): Promise<Step[]> {
  return session.query<Step & Record<string, unknown>>(
    `SELECT deployment, host, step, state, before, before_settings, detail,
       (extract(epoch FROM clock_timestamp() - ended_at) * 1000)::float8 AS age FROM ops.deployment_step WHERE deployment = $1 ORDER BY begun_at, host`,
    [deployment],
  );
}
