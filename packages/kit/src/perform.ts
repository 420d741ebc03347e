import { chooseEnvironment, type Environment, loadEnvironment } from '@opsgraph/config';
import { isTerminal } from '@opsgraph/terminal';
import { requireConfirmation } from './confirm.ts';
import { outcomeOf } from './outcome.ts';
import { requireOneEnvironment } from './require-one-environment.ts';
import { parentOf, type Scope } from './scope.ts';
import { secretPorts } from './secret-ports.ts';
import { type Target, withTarget } from './target.ts';
import { targetConnection } from './target-connection.ts';
import type { OnTargetOptions, TaskReport } from './task.ts';

/** Sees to everything a task needs before it acts, in order, and then runs it. */
export async function perform(scope: Scope): Promise<TaskReport> {
  const { task, env, intent, stop, talk, log, projectRoot: root } = scope;
  const { common, options } = scope.arguments;
  intent.environment = chooseEnvironment({ root, option: common.env, env });
  talk.begin(task.name, intent.environment);
  log.audit('intent', { ...intent, ...parentOf(scope) });
  const { environment, dryRun } = intent;
  if (env['TURBO_HASH']) requireOneEnvironment({ task, environment, dryRun, projectRoot: root });
  const canAsk = process.stdin.isTTY === true && isTerminal('stderr') && !common['no-input'] && !env['CI'];
  await confirmWhatIsSevere(scope, canAsk);

  const loadConfig = (): ReturnType<typeof loadEnvironment> => loadEnvironment({ root, name: intent.environment, env });
  const base = {
    options,
    dryRun: intent.dryRun,
    projectRoot: root,
    stateDirectory: scope.stateDirectory,
    environmentName: intent.environment,
    signal: stop.signal,
    talk,
    secrets: secretPorts({ root, env, canAsk, signal: stop.signal }),
    run: { id: intent.id, actor: intent.actor, host: intent.host },
    loadConfig,
  };
  const run = task.run as (context: object) => Promise<TaskReport>;
  if (task.needs === 'nothing') return run(base);

  const { environment: config } = await loadConfig();
  scope.logsKept = config.logs.keep;
  if (task.needsConfirmation?.(config)) await confirm(scope, 'changes', canAsk);
  const onTarget = (work: (target: Target) => Promise<TaskReport>, where: OnTargetOptions = {}): Promise<TaskReport> =>
    openTarget(scope, where.config ?? config, where.formerly, work);
  const lockWait = scope.arguments.common['lock-wait'] ?? config.database.lockWait;
  if (task.needs === 'config') return run({ ...base, config, lockWait, onTarget });
  return onTarget((target) => run({ ...base, config, lockWait, ...target }));
}

async function confirmWhatIsSevere(scope: Scope, canAsk: boolean): Promise<void> {
  const { task, arguments: parsed } = scope;
  const isSevere = task.effect === 'destroy' || task.isSevere?.(parsed.options) === true;
  if (isSevere) await confirm(scope, 'takes something away from', canAsk);
}

async function confirm(
  { task, arguments: { common }, env, intent, stop }: Scope,
  consequence: string,
  canAsk: boolean,
): Promise<void> {
  if (intent.environment === 'local' || intent.dryRun) return;
  await requireConfirmation({
    task: task.name,
    environment: intent.environment,
    consequence,
    given: common.confirm ?? (env['OPS_CONFIRM'] || undefined),
    canAsk,
    signal: stop.signal,
  });
}

async function openTarget(
  { task, arguments: { common }, intent, stop, talk, stateDirectory }: Scope,
  config: Environment,
  formerly: string | undefined,
  work: (target: Target) => Promise<TaskReport>,
): Promise<TaskReport> {
  const applicationName = `ops ${task.name} ${intent.id}`;
  const connection = await targetConnection(config, { applicationName, stateDirectory, signal: stop.signal });
  const lockWait = common['lock-wait'] ?? config.database.lockWait;
  const ends = { outcomeOf: (end: Parameters<typeof outcomeOf>[0]) => outcomeOf(end, intent.dryRun) };
  return withTarget({ connection, intent, formerly, lockWait, stop, talk, ...ends }, work);
}
