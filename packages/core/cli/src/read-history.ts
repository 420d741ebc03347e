import type { Environment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import { targetConnection } from '@opsgraph/kit/target-connection';
import { readAudit } from './records/audit-file.ts';
import { groupRuns } from './records/group-runs.ts';

/** A run as the history shows it, from the ledger or from this checkout's record. */
export interface HistoryEntry {
  id: string;
  task: string;
  /** undefined: it began and has recorded no outcome. */
  outcome: string | undefined;
  /** Only where the outcome is missing: whether a session of it is open in the target. */
  isRunning: boolean;
  exitCode: number | undefined;
  summary: string;
  error: { code: string; message: string } | undefined;
  startedAt: Date;
  milliseconds: number | undefined;
  actor: string;
  host: string;
  dryRun: boolean;
  /** Where it is known from. */
  source: 'ledger' | 'local';
}

export interface HistoryQuery {
  environment: string;
  /** How the target is reached; undefined when that is not even configured. */
  config: Environment | undefined;
  state: string;
  since: Date;
  limit: number;
  matches(task: string): boolean;
}

export interface History {
  /** Newest first. */
  entries: HistoryEntry[];
  /** Why the target's ledger is missing from it. */
  problem: OpsError | undefined;
}

/** With a filter the ledger is asked for this many, as it knows no filter. */
const searched = 10_000;

/** What the target's ledger and this checkout know of the runs of an environment. */
export async function readHistory(query: HistoryQuery): Promise<History> {
  const { environment, state, since, limit, matches } = query;
  const { entries: recorded, problem } = await readLedger(query);
  const known = new Set(recorded.map(({ id }) => id));
  const local = groupRuns(readAudit(state))
    .filter((run) => run.environment === environment && run.startedAt >= since && !known.has(run.id))
    .map((run): HistoryEntry => ({ ...run, isRunning: false, source: 'local' }));
  const entries = [...recorded, ...local]
    .filter(({ task }) => matches(task))
    .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || b.id.localeCompare(a.id))
    .slice(0, limit);
  return { entries, problem };
}

async function readLedger({ config, environment, state, since }: HistoryQuery): Promise<History> {
  if (config === undefined) return { entries: [], problem: undefined };
  const [{ withSession }, { readMarker, recentRuns }] = await Promise.all([
    import('@opsgraph/postgres'),
    import('@opsgraph/ledger'),
  ]);
  try {
    const place = { applicationName: 'ops history', stateDirectory: state, signal: new AbortController().signal };
    const connection = { ...(await targetConnection(config, place)), ownSqlOnly: true };
    return await withSession(connection, async (session) => {
      const marker = await readMarker(session);
      if (marker?.environment !== environment) throw notThisTarget(environment, marker?.environment);
      const runs = await recentRuns(session, searched, since);
      const open = await session.query<{ name: string }>(
        "SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'ops %'",
      );
      const entries = runs.map((run): HistoryEntry => {
        const { id, task, actor, host, dryRun, startedAt } = run;
        return {
          ...{ id, task, actor, host, dryRun, startedAt },
          outcome: run.outcome ?? undefined,
          isRunning: run.outcome === null && open.some(({ name }) => name.includes(id)),
          exitCode: run.exitCode ?? undefined,
          summary: run.summary ?? '',
          error: run.error ?? undefined,
          milliseconds: run.milliseconds ?? undefined,
          source: 'ledger',
        };
      });
      return { entries, problem: undefined };
    });
  } catch (error) {
    if (error instanceof OpsError) return { entries: [], problem: error };
    throw error;
  }
}

function notThisTarget(environment: string, found: string | undefined): OpsError {
  return new OpsError({
    code: found === undefined ? 'TARGET_NOT_SET_UP' : 'WRONG_ENVIRONMENT',
    exit: found === undefined ? 'configuration' : 'refused',
    message: found === undefined ? 'the target has no ledger yet' : `the target is "${found}", not "${environment}"`,
    hint: found === undefined ? `pnpm ops run setup --env ${environment}` : 'check DATABASE_URL and --env',
  });
}
