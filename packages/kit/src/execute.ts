import { join } from 'node:path';
import { chooseEnvironment, loadEnvironment, projectRoot, stateDirectory } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import type { RunIntent } from '@opsgraph/ledger';
import { Chalk } from 'chalk';
import { wantsColour } from './colour.ts';
import type { CommonValues } from './common-options.ts';
import { requireConfirmation } from './confirm.ts';
import { outcomeOf } from './outcome.ts';
import type { ParsedArguments } from './parse-arguments.ts';
import { formatSeconds } from './progress.ts';
import { identifyRun } from './run-identity.ts';
import { openRunLog } from './run-log.ts';
import { secretPorts } from './secret-ports.ts';
import { watchForStop } from './stop-signals.ts';
import { type Settled, type Target, withTarget } from './target.ts';
import { targetConnection } from './target-connection.ts';
import type { OnTargetOptions, TaskDefinition, TaskReport } from './task.ts';
import { openTerminal, type Terminal } from './terminal.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** From the first signal to the end of the process; turbo kills after 10 s. */
const stopDeadline = 7000;
/** Until the configuration says otherwise (logs.keep). */
const logsKept = 50;

/**
 * Runs a task from parsed arguments to its exit code: log and audit, stop
 * signals, configuration, confirmation, target, work, report.
 */
export async function execute(
  task: TaskDefinition,
  { common, options }: ParsedArguments<TaskDefinition['options']>,
  env: Env,
): Promise<number> {
  const started = performance.now();
  const root = projectRoot(env);
  const state = stateDirectory(root, env);
  const identity = identifyRun(root, env);
  const terminal = openTerminal(terminalSettings(common, env), undefined);
  let log: ReturnType<typeof openRunLog>;
  try {
    log = openRunLog(state, identity.id, task.name);
  } catch (error) {
    terminal.failure('failed', task.name, error as OpsError, undefined, state);
    return (error as OpsError).exitCode;
  }
  const talk = openTerminal(terminalSettings(common, env), log);
  const stop = watchForStop(env['npm_lifecycle_event'] !== undefined || env['TURBO_HASH'] !== undefined);
  const intent: RunIntent = {
    id: identity.id,
    domain: task.name.slice(0, task.name.indexOf(':')),
    task: task.name,
    effect: task.effect,
    dryRun: common['dry-run'],
    environment: '',
    arguments: { ...options, ...(common['dry-run'] && { dryRun: true }) },
    actor: identity.actor,
    host: identity.host,
    ciJob: identity.ciJob,
    gitCommit: identity.gitCommit,
  };

  const surroundings: Surroundings = { root, state, intent, stop, talk, log, logsKept };
  const end = await withinDeadline(stop.signal, () => perform(task, common, options, env, surroundings));
  stop.release();

  const outcome = outcomeOf(end, intent.dryRun);
  const milliseconds = Math.round(performance.now() - started);
  const error = 'error' in end && end.error instanceof OpsError ? end.error : undefined;
  if ('report' in end)
    talk.report(outcome.outcome, task.name, end.report, formatSeconds(milliseconds / 1000), intent.dryRun);
  else
    talk.failure(
      outcome.outcome,
      task.name,
      error,
      error === undefined ? (end.error ?? 'undefined was thrown') : undefined,
      join(state, 'logs', `${identity.id}.jsonl`),
    );
  const record = {
    ...outcome,
    changes: 'report' in end ? end.report.changes : [],
    ...('error' in end && { error: { ...outcome.error, hint: error?.hint, problems: error?.problems } }),
    milliseconds,
  };
  log.write(outcome.outcome === 'failed' ? 'error' : 'info', `ended: ${outcome.outcome}`, {
    ...record,
    ...('error' in end && { stack: stackOf(end.error) }),
  });
  try {
    log.audit('outcome', { environment: intent.environment, ...outcome, milliseconds, ...parentOf(env) });
    log.close(surroundings.logsKept);
  } catch (auditError) {
    talk.warn((auditError as Error).message);
  }
  talk.document(
    {
      task: task.name,
      run: identity.id,
      environment: intent.environment,
      dryRun: intent.dryRun,
      ...record,
      ...('report' in end && { result: end.report.data ?? null }),
    },
    'report' in end ? end.report.reveal : undefined,
  );
  return outcome.exitCode;
}

interface Surroundings {
  root: string;
  state: string;
  intent: RunIntent;
  stop: ReturnType<typeof watchForStop>;
  talk: Terminal;
  log: ReturnType<typeof openRunLog>;
  logsKept: number;
}

async function perform(
  task: TaskDefinition,
  common: CommonValues,
  options: ParsedArguments<TaskDefinition['options']>['options'],
  env: Env,
  surroundings: Surroundings,
): Promise<TaskReport> {
  const { root, state, intent, stop, talk, log } = surroundings;
  const isAboutTarget = task.needs !== 'nothing';
  intent.environment = chooseEnvironment({ root, option: common.env, env });
  talk.begin(task.name, intent.environment);
  log.audit('intent', { ...intent, effect: task.effect, ...parentOf(env) });
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true && !common['no-input'] && !env['CI'];
  const isSevere = task.effect === 'destroy' || task.isSevere?.(options) === true;
  if (isSevere && intent.environment !== 'local' && !intent.dryRun) {
    await requireConfirmation({
      task: task.name,
      environment: intent.environment,
      given: common.confirm ?? env['OPS_CONFIRM'],
      canAsk,
      signal: stop.signal,
    });
  }
  const loadConfig = (): ReturnType<typeof loadEnvironment> => loadEnvironment({ root, name: intent.environment, env });
  const base = {
    options,
    dryRun: intent.dryRun,
    projectRoot: root,
    stateDirectory: state,
    environmentName: intent.environment,
    signal: stop.signal,
    talk,
    secrets: secretPorts({ root, env, canAsk, signal: stop.signal }),
    run: { id: intent.id, actor: intent.actor, host: intent.host },
    loadConfig,
  };
  const run = task.run as (context: object) => Promise<TaskReport>;
  if (!isAboutTarget) return run(base);

  const { environment: config } = await loadConfig();
  surroundings.logsKept = config.logs.keep;
  const onTarget = async (
    work: (target: Target) => Promise<TaskReport>,
    where: OnTargetOptions = {},
  ): Promise<TaskReport> => {
    const given = where.config ?? config;
    const connection = await targetConnection(given, {
      applicationName: `ops ${task.name} ${intent.id}`,
      stateDirectory: state,
      signal: stop.signal,
    });
    const lockWait = common['lock-wait'] ?? given.database.lockWait;
    return withTarget(
      {
        connection,
        intent,
        formerly: where.formerly,
        lockWait,
        stop,
        talk,
        outcomeOf: (end) => outcomeOf(end, intent.dryRun),
      },
      work,
    );
  };
  if (task.needs === 'config') return run({ ...base, config, onTarget });
  return onTarget((target) => run({ ...base, config, ...target }));
}

/** Waits for the work; once it shall stop, no longer than the deadline. */
async function withinDeadline(signal: AbortSignal, work: () => Promise<TaskReport>): Promise<Settled> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Settled>((resolve) => {
    const begin = (): void => {
      timer = setTimeout(() => resolve({ error: signal.reason }), stopDeadline);
    };
    signal.addEventListener('abort', begin, { once: true });
  });
  const done = work().then<Settled, Settled>(
    (report) => ({ report }),
    // Whatever the interruption made fail on its way out, it was the interruption.
    (error: unknown) => ({ error: signal.aborted ? signal.reason : error }),
  );
  const end = await Promise.race([done, tooLate]);
  clearTimeout(timer);
  return end;
}

/** Ties the record to the `ops run` that started the graph this task is part of. */
function parentOf(env: Env): { parent?: string } {
  return env['OPS_PARENT_RUN'] ? { parent: env['OPS_PARENT_RUN'] } : {};
}

function terminalSettings(common: CommonValues, env: Env): Parameters<typeof openTerminal>[0] {
  const chalkFor = (stream: NodeJS.WriteStream): InstanceType<typeof Chalk> =>
    new Chalk({ level: wantsColour(stream, env) ? 2 : 0 });
  return {
    quiet: common.quiet,
    verbose: common.verbose,
    json: common.json,
    outColour: chalkFor(process.stdout),
    errColour: chalkFor(process.stderr),
    moving: process.stderr.isTTY === true && !env['CI'],
  };
}

function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.cause === undefined
    ? error.stack
    : `${error.stack}\ncaused by ${stackOf(error.cause) ?? String(error.cause)}`;
}
