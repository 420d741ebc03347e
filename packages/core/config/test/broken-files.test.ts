import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { refusal } from './expect-refusal.ts';
import { temporaryProject } from './temporary-project.ts';

/** Loads in a Node of its own: the test runner reads TypeScript in another way than the tasks do. */
async function failure(
  source: string,
): Promise<{ message: string; exitCode: number; hint: string; everything: string }> {
  await using project = await temporaryProject({ 'config/local.ts': source });
  const program = `
    const [entry, root] = process.argv.slice(1);
    const { loadEnvironment } = await import(entry);
    const { inspect } = await import('node:util');
    try { await loadEnvironment({ root, name: 'local', env: {} }); }
    catch (error) { console.log(JSON.stringify({ message: error.message, exitCode: error.exitCode, hint: error.hint, everything: inspect(error) })); }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    program,
    join(import.meta.dirname, '../src/index.ts'),
    project.root,
  ]);
  return JSON.parse(stdout);
}

it.each([
  [
    'syntax that is wrong in TypeScript',
    'export default {\n  logs: { keep: 5 },\n  database: = { url: "hunter22" },\n};\n',
    'config/local.ts:3 is not valid TypeScript: Expression expected',
  ],
  [
    'syntax that is wrong in JavaScript',
    'export default {};\n\nconst a = "hunter22"; const a = 2;\n',
    'config/local.ts:3 is not valid TypeScript: Identifier … has already been declared',
  ],
  [
    'syntax that Node cannot erase',
    'export default {};\nenum A { B = "hunter22" }\n',
    'config/local.ts:2 is not valid TypeScript: TypeScript enum is not supported in strip-only mode',
  ],
  [
    'a file that throws',
    'export default {};\n\nthrow new Error("no luck");\n',
    'config/local.ts:3 failed while it was read: no luck',
  ],
  [
    'a secret without quotes',
    'export default {\n  database: { ownerPassword: hunter22 },\n};\n',
    'config/local.ts:2 failed while it was read: a name in it is not defined',
  ],
  [
    'a file that throws no error',
    'export default {};\nthrow "no luck";\n',
    'config/local.ts failed while it was read: no luck',
  ],
  [
    'an import that is not there',
    'import { a } from "./gone.ts";\nexport default { a };\n',
    'config/local.ts imports something that does not exist',
  ],
  ['no default export', 'export const database = {};\n', 'config/local.ts has no default export'],
  [
    'a default export that is no object',
    'export default ["hunter22"];\n',
    'config/local.ts does not export an object as default',
  ],
  ['a function', 'export default () => ({});\n', 'config/local.ts does not export an object as default'],
  ['an empty file', '', 'config/local.ts has no default export'],
])('names file, line and remedy for %s, and quotes no source', async (_what, source, message) => {
  const error = await failure(source);
  expect(error.message).toContain(message);
  expect(error.exitCode).toBe(78);
  expect(error.hint).not.toBe('');
  expect(error.everything).not.toContain('hunter22');
});

it('says of a link that leads nowhere that it does', async () => {
  await using project = await temporaryProject({ 'config/local.ts': '' });
  await symlink('../gone.ts', project.path('config/staging.ts'));
  expect(await refusal(() => project.load({}, 'staging'))).toMatchObject({
    code: 'CONFIG_FILE_BROKEN',
    exitCode: 78,
    message: 'config/staging.ts is a link to a file that is not there',
  });
});
