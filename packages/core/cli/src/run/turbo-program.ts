import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import type { Given } from '../command.ts';
import type { Surroundings } from '../surroundings.ts';
import { taskVariables } from './task-options.ts';

export interface TurboProgram {
  program: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string | undefined>;
}

export interface GraphChoice {
  /** Turbo's names. */
  tasks: readonly string[];
  environment: string;
  /** Id of this `ops run`; the tasks record it. */
  parent: string;
}

/**
 * How turbo is started for a command line. What tasks need to know goes through
 * the environment: words after `--` would reach only the named tasks.
 */
export function turboProgram(choice: GraphChoice, given: Given, { env, workspace, err }: Surroundings): TurboProgram {
  return {
    program: turbo(),
    args: turboArguments(choice.tasks, given),
    cwd: workspace,
    env: {
      ...env,
      PATH: toolPath(env['PATH']),
      OPS_ENV: choice.environment,
      OPS_PARENT_RUN: choice.parent,
      ...(given.text('confirm') !== undefined && { OPS_CONFIRM: given.text('confirm') }),
      ...taskVariables(given),
      ...(given.text('lock-wait') !== undefined && { OPS_LOCK_WAIT: given.text('lock-wait') }),
      // Turbo writes to us, not to a terminal; what the tasks say reaches one all the same.
      ...(err.hasColours && { FORCE_COLOR: env['FORCE_COLOR'] || '1' }),
    },
  };
}

/** Without what makes it a plan or a run. */
function turboArguments(tasks: readonly string[], given: Given): string[] {
  const text = (name: string): string[] => (given.text(name) === undefined ? [] : [`--${name}=${given.text(name)}`]);
  const flag = (name: string): string[] => (given.flag(name) ? [`--${name}`] : []);
  return [
    'run',
    ...tasks,
    ...given.list('filter').map((filter) => `--filter=${filter}`),
    ...flag('only'),
    ...flag('affected'),
    ...flag('force'),
    ...text('concurrency'),
    // What fails must not cut off unrelated work in the middle.
    `--continue=${given.text('continue') ?? 'dependencies-successful'}`,
    '--skip-infer',
    '--no-update-notifier',
    '--ui=stream',
  ];
}
