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
     ON CONFLICT (deployment, host, step) DO UPDATE SET state = 'begun', settings = excluded.settings, begun_at = clock_timestamp(), ended_at = NULL, detail = NULL`,
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
    'UPDATE ops.deployment_step SET state = $4, detail = $5, ended_at = clock_timestamp() WHERE deployment = $1 AND host = $2 AND step = $3',
    [deployment, host, step, state, detail],
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
}

export async function readSteps(session: Session, deployment: string): Promise<Step[]> {
  return session.query<Step & Record<string, unknown>>(
    'SELECT deployment, host, step, state, before, before_settings, detail FROM ops.deployment_step WHERE deployment = $1 ORDER BY begun_at, host',
    [deployment],
  );
}
