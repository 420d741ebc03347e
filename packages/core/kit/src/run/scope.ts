import type { RunIntent } from '@opsgraph/ledger';
import type { ParsedArguments } from '../definition/parse-arguments.ts';
import type { TaskDefinition } from '../definition/task.ts';
import type { RunLog } from '../record/run-log.ts';
import type { LogRetention } from '../record/sweep-logs.ts';
import type { Terminal } from '../talk/terminal.ts';
import type { Stop } from './stop-signals.ts';

/** Everything that one run of a task has around it, from its first line to its exit code. */
export interface Scope {
  task: TaskDefinition;
  arguments: ParsedArguments<TaskDefinition['options']>;
  env: Readonly<Record<string, string | undefined>>;
  projectRoot: string;
  stateDirectory: string;
  intent: RunIntent;
  stop: Stop;
  talk: Terminal;
  log: RunLog;
  /** Which logs and rows of runs stay; the configuration may say (logs.…). */
  retention: LogRetention;
  /** Whether this run removes what is beyond it. */
  sweeps: boolean;
  /** performance.now() at the beginning. */
  started: number;
}

/** The `ops run` that this run belongs to, if any. */
export function parentOf({ env }: Pick<Scope, 'env'>): { parent?: string } {
  const parent = env['OPS_PARENT_RUN'];
  return parent === undefined || parent === '' ? {} : { parent };
}
