import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GraphResult } from '../src/run/print-result.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

// Real turbo, real pnpm, real tasks; nothing of a database.
// Each starts dozens of processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

const documentOf = (stdout: string): GraphResult => JSON.parse(stdout) as GraphResult;
const told = (stdout: string): string[] =>
  documentOf(stdout).tasks.map(({ name, state, message }) => `${name} ${state}: ${message}`);
const recordedBy = (stdout: string) => workspace.audit().filter(({ parent }) => parent === documentOf(stdout).run);

describe('a graph that succeeds', () => {
  it('says what each task did, and exits 0; what is pure is cached the next time', async () => {
    const first = await workspace.run(['run', 'alpha:change', '--json']);
    expect([first.code, told(first.stdout)]).toEqual([
      0,
      ['pure#check ok: ', 'alpha:prepare-all ok: all prepared', 'alpha:change changed: changed two things'],
    ]);
    const second = await workspace.run(['run', 'change', '--env', 'other']);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/✔ cached +pure#check\n.*✔ done/s) });
    expect(workspace.audit().at(-1)).toMatchObject({ task: 'alpha:change', environment: 'other', outcome: 'changed' });
  });

  it('shows what tasks say while they run, without the lines of turbo and pnpm', async () => {
    const { stderr } = await workspace.run(['run', 'refuse', 'find']);
    expect(stderr).toMatch(/alpha:find +│ .*found two gaps/);
    expect(stderr).not.toMatch(/cache bypass|^.*> task|Remote caching/m);
  });
});

it('two at once in one checkout each tell of their own tasks only', async () => {
  const [both, other] = await Promise.all([
    workspace.run(['run', 'alpha:change', '--json']),
    workspace.run(['run', 'alpha:change', 'refuse', '--json']),
  ]);
  const runs = (stdout: string) => documentOf(stdout).tasks.flatMap(({ run }) => run ?? []);
  for (const { stdout } of [both, other]) {
    const own = new Set(recordedBy(stdout).map(({ run }) => run));
    expect([own.size > 0, runs(stdout).filter((run) => !own.has(run))]).toEqual([true, []]);
  }
  expect(runs(both.stdout).filter((run) => runs(other.stdout).includes(run))).toEqual([]);
});

describe('a graph in which something fails', () => {
  it('names the failure, its problems and remedy, and everything that was skipped because of it', async () => {
    const { code, stdout } = await workspace.run(['run', 'last', 'refuse']);
    expect(code).toBe(77);
    expect(stdout).toMatch(/✖ failed +alpha:break +things\.json:3 is no thing \[BROKEN\]/);
    expect(stdout).toMatch(/· line 3\n +· line 9\n +→ correct things\.json/);
    expect(stdout).toMatch(
      /○ skipped +alpha:after +because of alpha:break\n○ skipped +alpha:last +because of alpha:break/,
    );
    expect(stdout).toMatch(/✖ refused +alpha:refuse +the target is somebody else/);
    expect(stdout).toMatch(/1 failed, 2 skipped, 1 refused .* exit 77/);
    expect(stdout).toContain('again: pnpm ops run last refuse');
  });

  it('exits with the highest code, and believes a dead process more than silence', async () => {
    const { code, stdout } = await workspace.run(['run', 'die', 'mistyped', 'wrong', 'find', '--json']);
    expect([code, told(stdout).sort()]).toEqual([
      137,
      [
        'alpha:die failed: its process was ended (exit 137: killed by SIGKILL) before it could record how it ended',
        'alpha:find findings: found two gaps',
        'alpha:mistyped failed: exit 64: the command line is wrong',
        'pure#wrong failed: exit 3',
      ],
    ]);
  });
});

describe('--quiet', () => {
  it('says nothing when every task succeeded, and otherwise only what is wrong', async () => {
    const well = await workspace.run(['run', 'change', '--quiet']);
    expect(well).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const wrong = await workspace.run(['run', 'change', 'refuse', '--quiet']);
    expect(wrong).toMatchObject({ code: 77, stderr: '', stdout: expect.stringContaining('✖ refused') });
    expect(wrong.stdout).not.toMatch(/✔|alpha:change/);
  });
});

describe('a check that found something', () => {
  it('is findings, and so is the whole: in the document, the audit and the exit code', async () => {
    const { code, stdout } = await workspace.run(['run', 'find', '--json']);
    expect([code, documentOf(stdout)]).toMatchObject([
      1,
      { outcome: 'findings', exitCode: 1, tasks: [{ name: 'alpha:find', state: 'findings', exitCode: 1 }] },
    ]);
    expect(recordedBy(stdout)).toMatchObject([{ event: 'intent' }, { outcome: 'findings', exitCode: 1 }]);
  });
});

describe('what is wrong before anything starts', () => {
  const refused = async (args: string[], code: number, ...parts: string[]): Promise<void> => {
    const before = workspace.audit().length;
    const end = await workspace.run(args);
    expect(end.code, end.stderr).toBe(code);
    for (const part of parts) expect(end.stderr).toContain(part);
    expect([end.stdout, workspace.audit().length]).toEqual(['', before]);
  };

  it('is told with the nearest name', async () => {
    await refused(
      ['run', 'alpha:chnge', 'breack'],
      64,
      'there is no task "alpha:chnge"; did you mean alpha:change?',
      'did you mean break?',
    );
    await refused(['run', 'check', '--filter', 'pur'], 64, 'there is no package "pur"');
    await refused(['run', 'check', '--env', 'othr'], 78, 'did you mean other?');
    await refused(['runn'], 64, 'did you mean run?');
    await refused(['run', 'check', '--forse'], 64, 'did you mean --force?');
  });

  it('is told all at once', async () => {
    await refused(
      ['run', '--concurrency', '0', '--continue=perhaps', '--lock-wait', 'long'],
      64,
      '4 problems',
      'name at least one task',
      '--concurrency',
      '--continue',
      '--lock-wait',
    );
  });

  it('refuses words after --, which would reach only the named tasks', async () => {
    await refused(['run', 'change', '--', '--force'], 64, 'would reach only the named tasks');
  });

  it('is a severe act outside local that nobody confirmed', async () => {
    await refused(['run', 'change', 'remove', '--env', 'other'], 77, 'alpha:remove', 'add --confirm other');
    await refused(['run', 'remove', '--env', 'other', '--confirm', 'local'], 77, 'was confirmed for "local"');
    const confirmed = await Promise.all([
      workspace.run(['run', 'remove', '--env', 'other', '--confirm', 'other']),
      workspace.run(['run', 'remove', '--env', 'other'], { OPS_CONFIRM: 'other' }),
    ]);
    expect(confirmed).toMatchObject([{ code: 0 }, { code: 0 }]);
  });

  it('is a cycle, or a file that turbo cannot read', async () => {
    const file = join(workspace.root, 'tasks', 'alpha', 'turbo.json');
    const good = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, good.replace('"dependsOn": ["change"]', '"dependsOn": ["change", "last"]'));
      await refused(['run', 'last'], 78, 'the graph has a cycle', 'alpha#last');
      writeFileSync(file, good.slice(0, -4));
      await refused(['run', 'last'], 78, 'turbo refuses the graph', 'turbo.json');
    } finally {
      writeFileSync(file, good);
    }
  });
});

describe('--dry-run', () => {
  it('shows the order, the effects and what waits for what, and starts nothing', async () => {
    const before = workspace.audit().length;
    const { code, stdout } = await workspace.run(['run', 'after', 'remove', '--env', 'other', '--dry-run', '--json']);
    expect(code).toBe(0);
    const { tasks } = JSON.parse(stdout) as { tasks: { task: string; effect: string; after: string[] }[] };
    expect(tasks.map(({ task, effect, after }) => [task, effect, after])).toEqual([
      ['pure#check', 'none', []],
      ['alpha:prepare-all', 'write', ['pure#check']],
      ['alpha:change', 'write', ['alpha:prepare-all']],
      ['alpha:break', 'write', ['alpha:change']],
      ['alpha:after', 'write', ['alpha:break']],
      ['alpha:remove', 'destroy', []],
    ]);
    expect(workspace.audit().length).toBe(before);
  });
});
