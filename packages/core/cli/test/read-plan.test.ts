import { describe, expect, it } from 'vitest';
import { explainTurboError } from '../src/run/explain-turbo-error.ts';
import { readPlan } from '../src/run/read-plan.ts';

const node = (taskId: string, command: string, dependencies: string[] = []): object => ({
  taskId,
  command,
  dependencies,
  cache: { status: 'MISS' },
  resolvedTaskDefinition: { cache: true },
});

describe('the plan', () => {
  it('puts each task behind what it depends on, also through nodes that run nothing', () => {
    const tasks = [
      node('b#test', 'vitest', ['b#transit']),
      node('b#transit', '<NONEXISTENT>', ['a#transit']),
      node('a#transit', '<NONEXISTENT>', ['//#typecheck', 'db#seed']),
      node('db#seed', 'task seed.ts', ['//#typecheck']),
      node('//#typecheck', 'tsc'),
    ];
    expect(readPlan(JSON.stringify({ tasks }), 'local').map(({ name, dependencies }) => [name, dependencies])).toEqual([
      ['typecheck', []],
      ['db:seed', ['//#typecheck']],
      ['b#test', ['//#typecheck', 'db#seed']],
    ]);
  });

  it('knows under which name and environment a task will record what it does', () => {
    const tasks = [
      node('deployment#deploy:staging', 'task deploy.ts --env staging', ['db#seed']),
      node('db#seed', 'task seed.ts', ['//#typecheck']),
      node('//#typecheck', 'tsc'),
    ];
    expect(readPlan(JSON.stringify({ tasks }), 'local').map(({ name, record }) => [name, record])).toEqual([
      ['typecheck', undefined],
      ['db:seed', { task: 'db:seed', environment: 'local', isBound: false }],
      ['deployment:deploy:staging', { task: 'deployment:deploy', environment: 'staging', isBound: true }],
    ]);
  });

  it('does not lose a dependency that two paths lead to', () => {
    const tasks = [
      node('c#test', 'x', ['a#transit', 'b#transit']),
      node('a#transit', '<NONEXISTENT>', ['a#one']),
      node('b#transit', '<NONEXISTENT>', ['a#one', 'a#two']),
      node('a#one', 'x'),
      node('a#two', 'x'),
    ];
    expect(readPlan(JSON.stringify({ tasks }), 'local').at(-1)).toMatchObject({
      name: 'c#test',
      dependencies: ['a#one', 'a#two'],
    });
  });
});

describe("turbo's refusal", () => {
  it('becomes the names that are unknown, each with what was meant', async () => {
    const stderr =
      '  x Missing tasks in project\n  |->   x Could not find task `sede` in project\n  `->   x Could not find package `bd` in project\n';
    expect(await explainTurboError(stderr, async (name) => `; as for ${name}`)).toMatchObject({
      exitCode: 64,
      problems: ['there is no task "sede"; as for sede', 'there is no package "bd"; as for bd'],
    });
  });

  it('keeps what it does not know, without the drawing', async () => {
    const error = await explainTurboError(
      'turbo_json_parse_error\n\n  x Failed to parse turbo.json.\n',
      async () => '',
    );
    expect(error).toMatchObject({ exitCode: 78, problems: ['turbo_json_parse_error', 'Failed to parse turbo.json.'] });
  });
});
