import { resolve } from 'node:path';
import { type Configuration, chooseEnvironment, type LoadedEnvironment, loadEnvironment } from '@opsgraph/config';
import type { TaskReport } from '@opsgraph/report';
import { isTerminal } from '@opsgraph/terminal';
import { secretPorts } from '../definition/secret-ports.ts';
import type { OnTargetOptions } from '../definition/task.ts';
import { requireConfirmation } from '../guard/confirm.ts';
import { requireOneEnvironment } from '../guard/require-one-environment.ts';
import { requiredConfirmation } from '../guard/required-confirmation.ts';
import { readsConfiguration } from '../guard/sees-environment.ts';
import { type Target, withTarget } from '../target/target.ts';
import { targetConnection } from '../target/target-connection.ts';
import { outcomeOf } from './outcome.ts';
import { parentOf, type Scope } from './scope.ts';

/** Sees to everything a task needs before it acts, in order, and then runs it. */
export async function perform(scope: Scope): Promise<TaskReport> {
  const { task, env, intent, stop, talk, log, projectRoot: root } = scope;
  const { common, options } = scope.arguments;
  intent.environment = chooseEnvironment({ root, option: common.env, env });
  talk.begin(task.name, intent.environment);
  log.audit('intent', { ...intent, ...parentOf(scope) });
  const { environment, dryRun } = intent;
  if (env['TURBO_HASH']) {
    const otherwise = chooseEnvironment({ root, option: undefined, env });
    // turbo starts a task in its domain's directory: tasks/<domain>.
    const workspace = resolve(process.cwd(), '..', '..');
    requireOneEnvironment({ task, environment, otherwise, dryRun, projectRoot: root, workspace });
  }
  const canAsk = process.stdin.isTTY === true && isTerminal('stderr') && !common['no-input'] && !env['CI'];

  // What a task needs that names no section is to look at all of them (doctor, explain).
  const sections = task.needs === 'nothing' ? undefined : (task.sections ?? []);
  const loadConfig = (): ReturnType<typeof loadEnvironment> =>
    loadEnvironment({ root, name: intent.environment, env, sections });
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
    // Without it turbo has handed over no variables: what it would read is not what another run reads.
    ...(readsConfiguration(task) && { loadConfig }),
  };
  const run = task.run as (context: object) => Promise<TaskReport>;
  if (task.needs === 'nothing') {
    await confirm(scope, undefined, canAsk);
    return run(base);
  }

  const { environment: config, warnings } = await loadConfig();
  if (warnings.length > 0) warn(scope, warnings);
  scope.retention = config.logs;
  await confirm(scope, config, canAsk);
  const onTarget = (work: (target: Target) => Promise<TaskReport>, where: OnTargetOptions = {}): Promise<TaskReport> =>
    openTarget(scope, where.config ?? config, work);
  const lockWait = scope.arguments.common['lock-wait'] ?? config.database.lockWait;
  if (task.needs === 'config') return run({ ...base, config, lockWait, onTarget });
  return onTarget((target) => run({ ...base, config, lockWait, ...target }));
}

/** Once, and without the details: they are for whoever fixes the configuration, perhaps not at night. */
function warn({ talk, intent }: Scope, warnings: readonly string[]): void {
  const count = warnings.length === 1 ? 'a problem' : `${warnings.length} problems`;
  talk.warn(
    `the configuration has ${count} that this task does not meet: pnpm --filter setup run doctor --env ${intent.environment}`,
  );
  for (const warning of warnings) talk.detail(warning);
}

async function confirm(
  { task, arguments: { common, options }, env, intent, stop, talk }: Scope,
  config: LoadedEnvironment['environment'] | undefined,
  canAsk: boolean,
): Promise<void> {
  const act = { options, environment: intent.environment, config: () => config && Promise.resolve(config) };
  const required = await requiredConfirmation(task, act);
  if (required === undefined) return;
  if (intent.dryRun) {
    talk.info(`without --dry-run it asks for --confirm ${required.environment}`);
    return;
  }
  await requireConfirmation({
    task: task.name,
    ...required,
    given: common.confirm ?? (env['OPS_CONFIRM'] || undefined),
    canAsk,
    signal: stop.signal,
  });
}

async function openTarget(
  { task, arguments: { common, options }, intent, stop, talk, stateDirectory, sweeps }: Scope,
  config: Configuration,
  work: (target: Target) => Promise<TaskReport>,
): Promise<TaskReport> {
  const applicationName = `ops ${task.name} ${intent.id}`;
  const connection = await targetConnection(config, { applicationName, stateDirectory, signal: stop.signal });
  const lockWait = common['lock-wait'] ?? config.database.lockWait;
  const formerly = task.guard?.formerly?.(options);
  const { chapters = [] } = task;
  const retention = sweeps ? config.logs : undefined;
  const ends = { outcomeOf: (end: Parameters<typeof outcomeOf>[0]) => outcomeOf(end, intent.dryRun) };
  return withTarget({ connection, intent, chapters, formerly, lockWait, retention, stop, talk, ...ends }, work);
}
