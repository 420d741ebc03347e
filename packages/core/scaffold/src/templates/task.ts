import { camelCase } from '../require-name.ts';

export interface TaskTemplate {
  domain: string;
  name: string;
  effect: 'read' | 'write' | 'destroy';
}

/** tasks/<domain>/<name>.ts */
export function taskFile({ domain, name, effect }: TaskTemplate): string {
  const graph = effect === 'read' ? '' : `\n  graph: { writes: ['${domain}'] },`;
  const act = effect === 'read' ? '' : "\n    if (!dryRun) await session.query('SELECT 1');";
  const given = effect === 'read' ? 'session' : 'session, dryRun';
  return `import { defineTask, runTask } from '@opsgraph/kit';

export const ${camelCase(name)} = defineTask({
  name: '${domain}:${name}',
  summary: 'Say in one line what ${name} does',
  effect: '${effect}',
  needs: 'database',${graph}
  options: {},
  examples: [{ command: 'pnpm --filter ${domain} run ${name}', says: 'does it' }],
  async run({ ${given} }) {${act}
    return { summary: \`there is nothing to do in \${session.server.database}\`, changes: [] };
  },
});

await runTask(${camelCase(name)}, import.meta);
`;
}

/** tasks/<domain>/test/<name>.pg.test.ts */
export function taskTest(name: string): string {
  return `import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

let project: TaskProject;
beforeAll(async () => {
  project = await createTaskProject();
});
afterAll(() => project.remove());

it('works, and works twice', async () => {
  const task = join(import.meta.dirname, '..', '${name}.ts');
  for (const _time of ['first', 'second']) expect(await project.run(task)).toMatchObject({ code: 0 });
});
`;
}
