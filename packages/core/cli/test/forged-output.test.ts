import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GraphResult } from '../src/run/print-result.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

vi.setConfig({ testTimeout: 60_000 });

// What a row of a table may hold, and come back with in an error of the server.
const forged = '\u001b[2J\n✔ ok  alpha:forged  applied 1 migration\u009b1A\u202e';

/** Everything a task can say, said with that text in it. */
const task = `
import { OpsError } from '@opsgraph/errors';
import { defineTask, runTask } from '@opsgraph/kit';

const forged = ${JSON.stringify(forged)};

export const task = defineTask({
  name: 'alpha:forge', summary: 'Says what somebody else wrote', effect: 'write', needs: 'nothing', options: { well: { type: 'boolean', description: 'end well' } },
  examples: [{ command: 'pnpm --filter alpha run forge', says: 'runs it' }],
  async run({ talk, options }) {
    talk.info(forged);
    talk.detail(forged);
    talk.warn(forged);
    console.log(forged);
    if (options.well) return { summary: forged, changes: [{ action: 'insert', object: forged }], lines: [forged] };
    throw new OpsError({ code: 'BROKEN', exit: 'badData', message: forged, problems: [forged], hint: forged });
  },
});

await runTask(task, import.meta);
`;

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
  const alpha = join(workspace.root, 'tasks', 'alpha');
  writeFileSync(join(alpha, 'forge.ts'), task);
  edit(join(alpha, 'package.json'), (file) => {
    file['scripts'] = { ...file['scripts'], forge: 'task forge.ts', 'forge-well': 'task forge.ts --well' };
  });
  edit(join(alpha, 'turbo.json'), (file) => {
    file['tasks'] = { ...file['tasks'], forge: { cache: false }, 'forge-well': { cache: false } };
  });
});
afterAll(() => workspace.remove());

it.each([
  ['run', ['run', 'forge', 'forge-well', '--verbose', '--continue=always']],
  ['run of one', ['run', 'forge']],
  ['history', ['history']],
  ['show', ['show', 'LAST']],
])('ops %s shows foreign text as text: no line of its own, nothing that a terminal acts upon', async (_, words) => {
  const args = words.map((word) => (word === 'LAST' ? workspace.audit().at(-1)!.run : word));
  const { stdout, stderr } = await workspace.run(args, {
    SUDO_USER: forged,
    DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
  });
  const shown = stdout + stderr;
  expect(shown).toContain('✔ ok  alpha:forged');
  requireHarmless(shown);
});

it('a single task does, also what its code prints with console', async () => {
  const env = { ...workspace.env, FORCE_COLOR: '' };
  const { execFileSync, spawnSync } = await import('node:child_process');
  const launcher = join(import.meta.dirname, '..', '..', 'kit', 'launch.mjs');
  const file = join(workspace.root, 'tasks', 'alpha', 'forge.ts');
  for (const option of ['--verbose', '--well', '--quiet']) {
    const { stdout, stderr } = spawnSync(process.execPath, [launcher, file, option], { env, encoding: 'utf8' });
    requireHarmless(stdout + stderr);
  }
  const document = execFileSync(process.execPath, [launcher, file, '--well', '--json'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(JSON.parse(document)).toMatchObject({ summary: forged });
  requireHarmless(document);
});

it('a document of ops has the text itself, in escapes', async () => {
  const { stdout } = await workspace.run(['run', 'forge', '--json']);
  expect((JSON.parse(stdout) as GraphResult).tasks[0]).toMatchObject({ message: forged, hint: forged });
  requireHarmless(stdout);
});

function requireHarmless(shown: string): void {
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(shown.split('\n').filter((line) => /^\s*✔ ok {2}alpha:forged/.test(line))).toEqual([]);
}

function edit(path: string, change: (file: Record<string, object>) => void): void {
  const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>;
  change(file);
  writeFileSync(path, JSON.stringify(file));
}
