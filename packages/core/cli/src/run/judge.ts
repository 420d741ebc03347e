import { constants } from 'node:os';
import { type ExitName, exitCodes, exitMeanings } from '@opsgraph/errors';
import type { AuditedRun } from '../records/group-runs.ts';
import type { Records } from './follow-records.ts';
import type { PlannedTask } from './read-plan.ts';
import type { ProcessEnd } from './read-summary.ts';

export type State =
  | 'ok'
  | 'changed'
  | 'cached'
  | 'findings'
  | 'failed'
  | 'refused'
  | 'interrupted'
  /** It began, and nobody knows how it ended. */
  | 'unknown'
  | 'skipped';

export interface TaskEnd {
  id: string;
  name: string;
  state: State;
  /** One line: what it did, or what went wrong. */
  message: string;
  exitCode: number | undefined;
  /** Of the record that the task wrote itself. */
  run: string | undefined;
  code: string | undefined;
  milliseconds: number | undefined;
}

export interface Evidence {
  plan: readonly PlannedTask[];
  /** What the tasks recorded themselves. */
  records: Records;
  /** What turbo's summary says of their processes, by id. */
  processes: ReadonlyMap<string, ProcessEnd>;
  /** Ids of what turbo started. */
  started: ReadonlySet<string>;
  /** Ids of what is now in turbo's cache. */
  cached: ReadonlySet<string>;
  /** Why the run as a whole was stopped; undefined when it was not. */
  stoppedBy: string | undefined;
}

/**
 * How each planned task ended, in the order of the plan. A task's own record
 * counts most; turbo's exit codes speak for tasks that keep none; what depends
 * on a task that did not succeed, and never started, was skipped because of it.
 */
export function judge(evidence: Evidence): TaskEnd[] {
  const { plan, records, started, processes } = evidence;
  const began = (task: PlannedTask): boolean =>
    started.has(task.id) || processes.has(task.id) || records.of(task) !== undefined;
  const withBegunDependents = new Set(plan.filter(began).flatMap(({ dependencies }) => dependencies));
  const ends = new Map<string, TaskEnd>();
  for (const task of plan) {
    const { state, message, exitCode, ...rest } = judgeOne(task, evidence, withBegunDependents.has(task.id), ends);
    ends.set(task.id, {
      id: task.id,
      name: task.name,
      state,
      message,
      exitCode,
      run: undefined,
      code: undefined,
      milliseconds: undefined,
      ...rest,
    });
  }
  return [...ends.values()];
}

/** Whether what depends on it may run. */
export function isGood(state: State): boolean {
  return state === 'ok' || state === 'changed' || state === 'cached';
}

type Verdict = Pick<TaskEnd, 'state' | 'message' | 'exitCode'> & Partial<TaskEnd>;

function judgeOne(
  task: PlannedTask,
  { records, processes, started, cached, stoppedBy }: Evidence,
  hasBegunDependents: boolean,
  ends: ReadonlyMap<string, TaskEnd>,
): Verdict {
  const record = records.of(task);
  const process = processes.get(task.id);
  if (record !== undefined) return { ...byRecord(record, process, stoppedBy), run: record.id };
  if (process !== undefined) return byProcess(process, stoppedBy);
  if (cached.has(task.id)) return { state: 'cached', message: '', exitCode: 0 };
  if (hasBegunDependents) return { state: 'ok', message: '', exitCode: 0 };
  if (started.has(task.id)) {
    const why = stoppedBy ?? 'turbo stopped it';
    return { state: 'interrupted', message: task.record ? `${why}, before it began` : why, exitCode: undefined };
  }
  const because = [...new Set(rootCauses(task, ends))];
  return {
    state: 'skipped',
    message: because.length > 0 ? `because of ${because.join(', ')}` : (stoppedBy ?? 'turbo did not start it'),
    exitCode: undefined,
  };
}

function byRecord(record: AuditedRun, process: ProcessEnd | undefined, stoppedBy: string | undefined): Verdict {
  const { exitCode, summary, error, milliseconds } = record;
  const code = process?.exitCode;
  if (record.outcome === undefined) {
    if (code !== undefined && code !== 0)
      return {
        state: 'failed',
        message: `its process was ended (${describeCode(code)}) before it could record how it ended`,
        exitCode: code,
      };
    return {
      state: 'unknown',
      message: `${stoppedBy ?? 'its process is gone'}, and it has recorded no outcome: it was killed, or is still running`,
      exitCode: undefined,
    };
  }
  const common = { exitCode, milliseconds, code: error?.code };
  if (exitCode === 0 && code !== undefined && code !== 0)
    return {
      ...common,
      state: 'failed',
      message: `recorded ${record.outcome}, but its process ended with ${code}`,
      exitCode: code,
    };
  return { ...common, state: record.outcome as State, message: error?.message ?? summary };
}

function byProcess({ exitCode, isCached, milliseconds }: ProcessEnd, stoppedBy: string | undefined): Verdict {
  if (exitCode === 0)
    return { state: isCached ? 'cached' : 'ok', message: '', exitCode, ...(!isCached && { milliseconds }) };
  const isStopped = stoppedBy !== undefined && exitCode > 128;
  return { state: isStopped ? 'interrupted' : 'failed', message: describeCode(exitCode), exitCode, milliseconds };
}

/** The tasks that did not succeed, as near to the beginning as they are known. */
function rootCauses(task: PlannedTask, ends: ReadonlyMap<string, TaskEnd>): string[] {
  return task.dependencies.flatMap((id) => {
    const end = ends.get(id);
    if (end === undefined || isGood(end.state)) return [];
    return end.state === 'skipped' ? end.message.replace(/^because of /, '').split(', ') : [end.name];
  });
}

/** `exit 65: the input data is wrong; nothing was written` */
function describeCode(code: number): string {
  const name = (Object.keys(exitCodes) as ExitName[]).find((each) => exitCodes[each] === code);
  if (name !== undefined && code > 1) return `exit ${code}: ${exitMeanings[name]}`;
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  return signal === undefined ? `exit ${code}` : `exit ${code}: killed by ${signal[0]}`;
}
