import { defineTask, type Graph, type Needs } from '@opsgraph/kit';
import { describe, expect, it } from 'vitest';
import type { DefinedTask } from '../src/read-definitions.ts';
import { scriptDependencies } from '../src/script-dependencies.ts';
import { orderDomains } from '../src/task-order.ts';
import { taskScripts } from '../src/task-scripts.ts';

const environments = [
  { name: 'local', isSandbox: true, passThrough: [] },
  { name: 'acceptance', isSandbox: false, passThrough: [] },
  { name: 'staging', isSandbox: true, passThrough: [] },
];

function task(name: `${string}:${string}`, graph: Graph = {}, needs: Needs = 'database'): DefinedTask {
  const definition = defineTask({
    ...{ name, summary: 'Does nothing', effect: needs === 'nothing' ? 'read' : 'write', needs, graph, options: {} },
    examples: [{ command: 'none', says: 'does nothing' }],
    run: async () => ({ summary: '', changes: [] }),
  });
  const [domain, own] = name.split(':') as [string, string];
  return { domain, task: own, definition };
}

const dependenciesOf = (...tasks: DefinedTask[]) =>
  Object.fromEntries(scriptDependencies(tasks.flatMap((each) => taskScripts(each, environments))));

describe('the scripts of a task', () => {
  it.each([
    [undefined, ['task go.ts']],
    [['each'], ['task go.ts --env staging', 'task go.ts --env acceptance']],
    [
      ['chosen', 'each'],
      ['task go.ts', 'task go.ts --env staging', 'task go.ts --env acceptance'],
    ],
    [
      ['chosen', 'sandboxes'],
      ['task go.ts', 'task go.ts --env staging'],
    ],
  ] as const)('for %j are one for each', (kinds, commands) => {
    const scripts = taskScripts(task('ship:go', kinds && { environments: kinds }), environments);
    expect(scripts.map(({ command }) => command)).toEqual(commands);
    for (const { script, environment } of scripts) expect(script).toBe(environment ? `go:${environment}` : 'go');
  });
});

describe('what a script waits for', () => {
  it('is in its own environment, and nothing where the other has no part', () => {
    const found = dependenciesOf(
      task('setup:setup', { environments: ['chosen', 'sandboxes'] }),
      task('ship:gate', { environments: ['each'] }),
      task('schema:migrate', { after: ['setup:setup', 'ship:gate'], environments: ['chosen', 'each'] }),
    );
    expect(found).toMatchObject({
      'schema#migrate': ['setup#setup'],
      'schema#migrate:staging': ['setup#setup:staging', 'ship#gate:staging'],
      'schema#migrate:acceptance': ['ship#gate:acceptance'],
    });
  });

  it('may be the same for every environment, and a script of another package', () => {
    const found = dependenciesOf(
      task('ship:pack', { after: ['@acme/app#test'] }, 'nothing'),
      task('ship:go', { after: ['ship:pack'], environments: ['each'] }),
    );
    expect(found).toEqual({
      'ship#pack': ['@acme/app#test'],
      'ship#go:staging': ['ship#pack'],
      'ship#go:acceptance': ['ship#pack'],
    });
  });

  it('is refused when it acts on whatever is chosen, or does not exist; all at once', () => {
    const make = () =>
      dependenciesOf(
        task('schema:migrate'),
        task('ship:go', { after: ['schema:migrate', 'schema:seed'], environments: ['each'] }),
      );
    expect(make).toThrow(
      expect.objectContaining({
        code: 'GRAPH_INVALID',
        problems: expect.arrayContaining([
          expect.stringMatching(/^ship:go is bound to staging and comes after schema:migrate, .*'each'\]$/),
          'ship:go comes after schema:seed, and there is no such task',
        ]),
      }),
    );
  });
});

describe('domains', () => {
  it('stand in the order of their last task in the graph, and then by name', () => {
    const edges = new Map([
      ['ship:pack', []],
      ['ship:go', ['data:load']],
      ['data:load', ['schema:migrate']],
      ['schema:migrate', ['ship:pack']],
      ['audit:look', []],
    ]);
    expect(orderDomains(['audit', 'data', 'schema', 'ship', 'zoo'], edges)).toEqual([
      'schema',
      'data',
      'ship',
      'audit',
      'zoo',
    ]);
    expect(
      orderDomains(
        ['a', 'b'],
        new Map([
          ['a:x', ['b:x']],
          ['b:x', ['a:x']],
        ]),
      ),
    ).toHaveLength(2);
  });
});
