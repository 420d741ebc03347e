import { describe, expect, it } from 'vitest';
import type { AuditedRun } from '../src/records/group-runs.ts';
import { exitCodeOf } from '../src/run/exit-code.ts';
import { type Evidence, judge } from '../src/run/judge.ts';
import type { PlannedTask } from '../src/run/read-plan.ts';

const task = (id: string, dependencies: string[] = [], isRecorded = true): PlannedTask => ({
  id,
  name: isRecorded ? id.replace('#', ':') : id,
  record: isRecorded ? { task: id.replace('#', ':'), environment: 'local', isBound: false } : undefined,
  isCached: false,
  isCacheable: !isRecorded,
  dependencies,
});

const record = (name: string, outcome: string | undefined, exitCode?: number, message?: string): AuditedRun => ({
  id: `run of ${name}`,
  task: name,
  outcome,
  exitCode,
  summary: `${name} done`,
  error: message === undefined ? undefined : { code: 'CODE', message },
  startedAt: new Date(0),
  milliseconds: 5,
  environment: 'local',
  actor: 'me',
  host: 'here',
  dryRun: false,
  parent: 'parent',
});

interface Known {
  records?: AuditedRun[];
  processes?: Record<string, number>;
  started?: string[];
  cached?: string[];
  stoppedBy?: string;
}

const evidence = (
  plan: PlannedTask[],
  { records = [], processes = {}, started = [], cached = [], stoppedBy }: Known,
): Evidence => ({
  plan,
  records: { of: (planned) => records.find((run) => run.task === planned.record?.task) },
  processes: new Map(
    Object.entries(processes).map(([id, exitCode]) => [id, { exitCode, isCached: false, milliseconds: 1 }]),
  ),
  started: new Set(started),
  cached: new Set(cached),
  stoppedBy,
});

const states = (plan: PlannedTask[], known: Known): string[] =>
  judge(evidence(plan, known)).map(({ name, state, message }) => `${name} ${state}: ${message}`);

describe('a task that keeps a record', () => {
  it('ended as it recorded', () => {
    const plan = [task('a#one'), task('a#two'), task('a#three'), task('a#four')];
    const records = [
      record('a:one', 'ok', 0),
      record('a:two', 'changed', 0),
      record('a:three', 'findings', 1),
      record('a:four', 'refused', 77, 'not this one'),
    ];
    expect(states(plan, { records, started: plan.map(({ id }) => id) })).toEqual([
      'a:one ok: a:one done',
      'a:two changed: a:two done',
      'a:three findings: a:three done',
      'a:four refused: not this one',
    ]);
  });

  it('failed when its process did, whatever it had recorded before', () => {
    const known = { records: [record('a:one', 'changed', 0)], processes: { 'a#one': 70 } };
    expect(states([task('a#one')], known)).toEqual(['a:one failed: recorded changed, but its process ended with 70']);
  });

  it('failed when its process was killed between intent and outcome', () => {
    const known = { records: [record('a:one', undefined)], processes: { 'a#one': 137 } };
    expect(states([task('a#one')], known)[0]).toMatch(/^a:one failed: .*killed by SIGKILL/);
  });

  it('is unknown, not ok, when it began and nobody tells how it ended', () => {
    const known = {
      records: [record('a:one', undefined)],
      started: ['a#one'],
      stoppedBy: 'turbo was killed by SIGKILL',
    };
    expect(states([task('a#one')], known)[0]).toMatch(/^a:one unknown: turbo was killed/);
  });

  it('failed with the meaning of its code when it ended before it could record anything', () => {
    expect(states([task('a#one')], { processes: { 'a#one': 64 } })).toEqual([
      'a:one failed: exit 64: the command line is wrong',
    ]);
  });

  it('was interrupted before it began when turbo had only just started it', () => {
    const known = { started: ['a#one'], stoppedBy: 'interrupted by SIGINT' };
    expect(states([task('a#one')], known)).toEqual(['a:one interrupted: interrupted by SIGINT, before it began']);
  });
});

describe('a task that keeps none', () => {
  it('ended as its process did', () => {
    const plan = [task('p#one', [], false), task('p#two', [], false), task('p#three', [], false)];
    expect(states(plan, { processes: { 'p#one': 0, 'p#two': 3 }, cached: ['p#three'] })).toEqual([
      'p#one ok: ',
      'p#two failed: exit 3',
      'p#three cached: ',
    ]);
  });

  it('is ok in an interrupted run when what waited for it had begun', () => {
    const plan = [task('p#one', [], false), task('a#two', ['p#one'])];
    const records = [record('a:two', 'interrupted', 130, 'interrupted by SIGINT')];
    const known = { records, started: ['p#one', 'a#two'], stoppedBy: 'interrupted by SIGINT' };
    expect(states(plan, known)).toEqual(['p#one ok: ', 'a:two interrupted: interrupted by SIGINT']);
  });
});

describe('a task that never started', () => {
  it('names the task at the root of it, over any distance', () => {
    const plan = [task('a#one'), task('a#two', ['a#one']), task('a#three', ['a#two']), task('a#four', ['a#three'])];
    const known = { records: [record('a:one', 'ok', 0), record('a:two', 'failed', 65, 'broken')] };
    expect(states(plan, known).slice(2)).toEqual([
      'a:three skipped: because of a:two',
      'a:four skipped: because of a:two',
    ]);
  });

  it('names each of several once', () => {
    const plan = [task('a#one'), task('a#two'), task('a#mid', ['a#one', 'a#two']), task('a#end', ['a#mid', 'a#two'])];
    const records = [record('a:one', 'failed', 1, 'x'), record('a:two', 'refused', 77, 'y')];
    expect(states(plan, { records }).slice(2)).toEqual([
      'a:mid skipped: because of a:one, a:two',
      'a:end skipped: because of a:one, a:two',
    ]);
  });

  it('says that the run was stopped when nothing before it went wrong', () => {
    expect(states([task('a#one')], { stoppedBy: 'interrupted by SIGINT' })).toEqual([
      'a:one skipped: interrupted by SIGINT',
    ]);
  });
});

describe('the exit code', () => {
  const end = { code: 0, signal: null, complaints: '' };
  const codeOf = (plan: PlannedTask[], known: Known): number =>
    exitCodeOf(judge(evidence(plan, known)), end, undefined);

  it('is the highest of the tasks', () => {
    const plan = [task('a#one'), task('a#two')];
    expect(codeOf(plan, { records: [record('a:one', 'failed', 65, 'x'), record('a:two', 'refused', 77, 'y')] })).toBe(
      77,
    );
  });

  it("is never turbo's 0 when a task did not end", () => {
    const plan = [task('a#one')];
    expect(codeOf(plan, { started: ['a#one'], stoppedBy: 'turbo was interrupted' })).toBe(130);
    expect(codeOf(plan, { stoppedBy: 'turbo was interrupted' })).toBe(1);
    expect(codeOf(plan, { records: [record('a:one', undefined)] })).toBe(1);
  });

  it('is that of the signal we received', () => {
    const records = [record('a:one', 'interrupted', 130, 'interrupted by SIGINT')];
    expect(exitCodeOf(judge(evidence([task('a#one')], { records })), end, 'SIGTERM')).toBe(143);
  });
});
