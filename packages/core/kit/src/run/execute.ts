import { projectRoot, stateDirectory } from '@opsgraph/config';
import type { RunIntent } from '@opsgraph/ledger';
import type { TaskReport } from '@opsgraph/report';
import { openStream } from '@opsgraph/terminal';
import type { CommonValues } from '../definition/common-options.ts';
import type { ParsedArguments } from '../definition/parse-arguments.ts';
import type { TaskDefinition } from '../definition/task.ts';
import { trustedOwners } from '../record/private-files.ts';
import { identifyRun } from '../record/run-identity.ts';
import { openRunLog } from '../record/run-log.ts';
import { defaultRetention, isSweepDue } from '../record/sweep-logs.ts';
import { openTerminal } from '../talk/terminal.ts';
import type { RunEnd } from '../target/run-end.ts';
import { conclude } from './conclude.ts';
import { causeOfEnd } from './outcome.ts';
import { usualStop } from './outlive-turbo.ts';
import { perform } from './perform.ts';
import type { Scope } from './scope.ts';
import { watchForStop } from './stop-signals.ts';

type Env = Scope['env'];

/**
 * Runs a task from parsed arguments to its exit code: opens log and audit,
 * watches for signals, performs, concludes.
 *
 * @throws OpsError before there is a run: PROJECT_ROOT_INVALID (78), STATE_DIRECTORY (73), STATE_DIRECTORY_UNSAFE (77)
 */
export async function execute(
  task: TaskDefinition,
  parsed: ParsedArguments<TaskDefinition['options']>,
  env: Env,
): Promise<number> {
  const started = performance.now();
  const root = projectRoot(env);
  const state = stateDirectory(root, env);
  const identity = identifyRun(root, env);
  const log = openRunLog(state, identity.id, task.name, trustedOwners(env));
  const dryRun = parsed.common['dry-run'];
  const intent: RunIntent = {
    ...identity,
    domain: task.guard?.lock?.(parsed.options) ?? task.name.slice(0, task.name.indexOf(':')),
    task: task.name,
    effect: task.guard?.isRead?.(parsed.options) ? 'read' : task.effect,
    dryRun,
    environment: '',
    arguments: { ...parsed.options, ...(dryRun && { dryRun }) },
  };
  const scope: Scope = {
    task,
    arguments: parsed,
    env,
    projectRoot: root,
    stateDirectory: state,
    intent,
    stop: watchForStop(env['TURBO_HASH'] ? 'turbo' : env['npm_lifecycle_event'] ? 'pnpm' : undefined),
    talk: openTerminal(await terminalSettings(parsed.common, env), log),
    log,
    retention: defaultRetention,
    sweeps: isSweepDue(state),
    started,
  };
  const end = await withinDeadline(scope.stop.signal, task.stopWithin ?? usualStop, () => perform(scope));
  scope.stop.release();
  return conclude(scope, end);
}

/** Waits for the work; once it must stop, no longer than the deadline. */
async function withinDeadline(signal: AbortSignal, deadline: number, work: () => Promise<TaskReport>): Promise<RunEnd> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<RunEnd>((resolve) => {
    const begin = (): void => {
      timer = setTimeout(() => resolve({ error: signal.reason }), deadline);
    };
    signal.addEventListener('abort', begin, { once: true });
  });
  const done = work().then<RunEnd, RunEnd>(
    (report) => ({ report }),
    (error: unknown) => ({ error: causeOfEnd(error, signal) }),
  );
  const end = await Promise.race([done, tooLate]);
  clearTimeout(timer);
  return end;
}

async function terminalSettings(common: CommonValues, env: Env): Promise<Parameters<typeof openTerminal>[0]> {
  const err = await openStream('stderr', env);
  return {
    quiet: common.quiet,
    verbose: common.verbose,
    json: common.json,
    out: await openStream('stdout', env),
    err,
    moving: err.isTerminal && !env['CI'],
  };
}
