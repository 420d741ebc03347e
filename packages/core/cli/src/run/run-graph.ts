import { chooseEnvironment } from '@opsgraph/config';
import { exitCodes, Interrupted } from '@opsgraph/errors';
import { identifyRun, watchForStop } from '@opsgraph/kit/graph-runner';
import { text } from '@opsgraph/terminal';
import { count } from '@opsgraph/text';
import type { Given } from '../command.ts';
import { readRunLog } from '../records/run-log.ts';
import type { Surroundings } from '../surroundings.ts';
import { exitCodeOf } from './exit-code.ts';
import { followRecords } from './follow-records.ts';
import { isGood, judge, type TaskEnd } from './judge.ts';
import { longestStop } from './longest-stop.ts';
import { taskNames } from './name-tasks.ts';
import { planGraph } from './plan-graph.ts';
import { printPlan } from './print-plan.ts';
import { type GraphResult, printResult } from './print-result.ts';
import type { PlannedTask } from './read-plan.ts';
import { readSummary } from './read-summary.ts';
import { repeatCommand } from './repeat-command.ts';
import { requireConfirmation } from './require-confirmation.ts';
import { requireOneEnvironment } from './require-one-environment.ts';
import { requireRequest } from './require-request.ts';
import { startTurbo, type TurboEnd } from './start-turbo.ts';
import { requireTakers } from './task-options.ts';
import { type TurboProgram, turboProgram } from './turbo-program.ts';
import { watchOutput } from './watch-output.ts';

/** Tasks end within about 8 s of the signal, also when turbo is gone. */
const outcomeWait = 8000;
/** When turbo was killed, a task it had just started needs this long to say that it begins. */
const intentWait = 1500;

/**
 * Runs a graph and says the truth about it: the exit code is the highest of its
 * tasks, and of the signal when it was interrupted, whatever turbo says.
 *
 * @throws OpsError for what is wrong before anything starts
 */
export async function runGraph(given: Given, surroundings: Surroundings): Promise<number> {
  const { env, root, workspace, state, err, out } = surroundings;
  requireRequest(given);
  const names = taskNames(workspace, root);
  const environment = chooseEnvironment({ root, option: given.text('env'), env });
  const { id } = identifyRun(root, env);
  const choice = { tasks: given.words.map(names.resolve), environment, parent: id };
  const turbo = turboProgram(choice, given, surroundings);
  const plan = await planGraph(turbo, environment, names.suggest);
  requireTakers(given, plan);
  const target = await requireOneEnvironment(plan, { chosen: environment, named: given.text('env'), workspace });
  if (given.flag('dry-run')) {
    await printPlan(plan, { environment: target, json: given.flag('json') }, surroundings);
    return exitCodes.ok;
  }
  await requireConfirmation(plan, { root, workspace, env: turbo.env });

  const begun = performance.now();
  if (!given.flag('quiet')) err.line(err.style('dim', text`▸ ${count(plan.length, 'task')} on ${target} · run ${id}`));
  const output = watchOutput(plan, { err, quiet: given.flag('quiet'), verbose: given.flag('verbose') });
  const records = followRecords(state, id, plan);
  const { end, received } = await untilEnd(turbo, output.take, env, (message) =>
    err.line(err.style('yellow', text`\n${message}`)),
  );
  const processes = readSummary(output.summaryFile());
  const isCutOff = end.signal !== null || received !== undefined;
  const atMost = isCutOff ? await longestStop(plan, workspace, outcomeWait) : outcomeWait;
  const limits = { atLeast: end.signal === null ? 0 : intentWait, atMost };
  await records.settle(limits, (task) => processes.has(task.id));

  const stoppedBy = received?.message ?? (end.signal === null ? undefined : `turbo was killed by ${end.signal}`);
  // An interrupted turbo names no task in its summary.
  const isComplete = processes.size > 0 && stoppedBy === undefined;
  const evidence = {
    plan,
    records: records.read(),
    processes,
    started: output.started,
    cached: isComplete
      ? output.cached
      : new Set([...output.cached, ...(await nowCached(turbo, environment, plan, output.started))]),
    stoppedBy: stoppedBy ?? (processes.size === 0 ? 'turbo was interrupted' : undefined),
  };
  const ends = judge(evidence);
  const exitCode = exitCodeOf(ends, end, received?.signal);
  const result: GraphResult = {
    run: id,
    environment: target,
    outcome: outcomeOf(ends, exitCode),
    exitCode,
    milliseconds: Math.round(performance.now() - begun),
    tasks: ends.map((task) => ({ ...task, ...remedyOf(task, state) })),
    stoppedBy: ends.every((task) => isGood(task.state)) ? stoppedBy : evidence.stoppedBy,
    command: repeatCommand(given, environment === target ? environment : 'local'),
  };
  if (isUnexplained(ends, end)) err.block('  ', end.complaints.trim());
  if (given.flag('json')) out.document(result, 2);
  else printResult(result, out, given.flag('quiet'));
  return exitCode;
}

function outcomeOf(ends: readonly TaskEnd[], exitCode: number): GraphResult['outcome'] {
  if (exitCode === 0) return ends.some(({ state }) => state === 'changed') ? 'changed' : 'ok';
  if (exitCode > 128) return 'interrupted';
  const bad = ends.filter(({ state }) => !isGood(state));
  return bad.length > 0 && bad.every(({ state }) => state === 'findings') ? 'findings' : 'failed';
}

/** Lets turbo run, and passes the first signal on to it. */
async function untilEnd(
  program: TurboProgram,
  take: Parameters<typeof startTurbo>[1],
  env: Surroundings['env'],
  say: (message: string) => void,
): Promise<{ end: TurboEnd; received: Interrupted | undefined }> {
  const stop = watchForStop(env['npm_lifecycle_event'] ? 'pnpm' : undefined);
  const turbo = startTurbo(program, take);
  const onStop = (): void => {
    say(
      `${(stop.signal.reason as Error).message}: tasks stop where it is safe and release their locks; this takes up to 10 s`,
    );
    turbo.interrupt();
  };
  stop.signal.addEventListener('abort', onStop, { once: true });
  const end = await turbo.ended;
  // Until we have said how it ended, a further signal changes nothing.
  const reason: unknown = stop.signal.reason;
  return { end, received: reason instanceof Interrupted ? reason : undefined };
}

/** What has come into turbo's cache since the plan was made, so it did end well. */
async function nowCached(
  turbo: TurboProgram,
  environment: string,
  plan: readonly PlannedTask[],
  started: ReadonlySet<string>,
): Promise<string[]> {
  if (!plan.some((task) => task.isCacheable && started.has(task.id))) return [];
  const now = await planGraph(turbo, environment, async () => '').catch(() => []);
  return now.filter((task) => task.isCached && started.has(task.id)).map(({ id }) => id);
}

/** The hint and the problems are in the log of the run only. */
function remedyOf(
  { run, state: end }: TaskEnd,
  state: string,
): { hint?: string | undefined; problems?: readonly string[] | undefined } {
  // Of an interrupted one the hint is to run it again, and the last line says how.
  if (run === undefined || isGood(end) || end === 'interrupted') return {};
  const error = readRunLog(state, run).findLast((line) => line.error !== undefined)?.error;
  return { hint: error?.hint, problems: error?.problems };
}

function isUnexplained(ends: readonly TaskEnd[], { code, complaints }: TurboEnd): boolean {
  return code !== 0 && complaints.trim() !== '' && ends.every(({ state }) => isGood(state) || state === 'skipped');
}
