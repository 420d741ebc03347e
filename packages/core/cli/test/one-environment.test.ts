import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createWorkspace, type Workspace } from './workspace.ts';

// Real turbo, real pnpm, real tasks; nothing of a database.
vi.setConfig({ testTimeout: 60_000 });

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

/** How the tasks of one command ended: `alpha:change local changed`. */
async function outcomesOf(work: () => Promise<{ code: number | null; stdout: string; stderr: string }>) {
  const before = workspace.audit().length;
  const { code, stdout, stderr } = await work();
  const lines = workspace.audit().slice(before);
  const outcomes = lines.filter((line) => line.event === 'outcome');
  const ends = outcomes.map(({ task, environment, outcome }) => `${task} ${environment} ${outcome}`);
  return { code, text: stdout + stderr, ends };
}

describe('one turbo run', () => {
  it('is refused before anything is written when --env behind -- would reach the last task only', async () => {
    for (const words of [
      ['change', '--', '--env', 'other'],
      ['alpha#change', '--', '--env=other'],
    ]) {
      const { code, text, ends } = await outcomesOf(() => workspace.turbo(words));
      expect([code, ends]).toEqual([77, ['alpha:prepare-all local refused']]);
      expect(text).toContain('prepare-all in it would act on local; nothing was changed');
      expect(text).toContain(`pnpm ops run ${words[0]} --env other`);
    }
  });

  it('is refused by the first task also when that one is named, and one between the named ones is not', async () => {
    for (const [words, message] of [
      [['prepare-all', 'break', '--', '--env', 'other'], 'alpha#change in it would act on local'],
      [['prepare-all', 'break', '--', '--dry-run'], 'alpha#change would have acted on local'],
    ] as const) {
      const { code, text, ends } = await outcomesOf(() => workspace.turbo([...words]));
      expect([code, ends.length]).toEqual([77, 1]);
      expect(ends[0]).toMatch(/^alpha:prepare-all \w+ refused$/);
      expect(text).toContain(message);
    }
  });

  it('is refused when a task that is bound to an environment gets another one', async () => {
    const { code, ends } = await outcomesOf(() =>
      workspace.turbo(['change:other', '--', '--env', 'local'], { OPS_ENV: 'other' }),
    );
    expect([code, ends]).toEqual([77, ['alpha:prepare-all other refused']]);
  });

  it('is refused when its tasks are bound to one environment and depend on tasks of another', async () => {
    const { code, text, ends } = await outcomesOf(() => workspace.turbo(['change:other']));
    expect([code, ends]).toEqual([77, ['alpha:prepare-all local refused']]);
    expect(text).toContain('start one run for each environment');
  });

  it('is refused when --dry-run behind -- would reach the last task only', async () => {
    const { code, text, ends } = await outcomesOf(() => workspace.turbo(['change', '--', '--dry-run']));
    expect([code, ends]).toEqual([77, ['alpha:prepare-all local refused']]);
    expect(text).toContain('pnpm ops run change --dry-run');
  });

  it('acts on the environment that all of its tasks see', async () => {
    const byVariable = await outcomesOf(() => workspace.turbo(['change'], { OPS_ENV: 'other' }));
    expect([byVariable.code, byVariable.ends]).toEqual([
      0,
      ['alpha:prepare-all other ok', 'alpha:change other changed'],
    ]);
    const said = ['change:other', '--', '--env', 'other'];
    const twice = await outcomesOf(() => workspace.turbo(said, { OPS_ENV: 'other' }));
    expect([twice.code, twice.ends]).toEqual([0, ['alpha:prepare-all other ok', 'alpha:change other changed']]);
    // What changes nothing and needs nothing is the same for every environment.
    const apart = await outcomesOf(() => workspace.turbo(['find', 'change:other', '--only', '--continue=always']));
    expect(apart.ends.sort()).toEqual(['alpha:change other changed', 'alpha:find local findings']);
  });
});

describe('ops run', () => {
  it('refuses a plan for two environments, and one for another than --env says; starts nothing', async () => {
    const two = await outcomesOf(() => workspace.run(['run', 'change', 'change:other']));
    expect([two.code, two.ends]).toEqual([77, []]);
    expect(two.text).toMatch(/act on local and other in one run; nothing was started\n.*· local: alpha:prepare-all/);
    const another = await outcomesOf(() => workspace.run(['run', 'change:other', '--only', '--env', 'local']));
    expect([another.code, another.ends]).toEqual([77, []]);
    expect(another.text).toContain('--env says local, but these tasks are bound to other');
  });

  it('runs tasks bound to an environment, whatever OPS_ENV says', async () => {
    const { code, ends } = await outcomesOf(() =>
      workspace.run(['run', 'change:other', '--only'], { OPS_ENV: 'local' }),
    );
    expect([code, ends]).toEqual([0, ['alpha:change other changed']]);
  });
});
