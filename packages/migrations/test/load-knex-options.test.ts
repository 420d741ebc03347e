import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKnexOptions } from '../src/knex/load-knex-options.ts';
import type { MigrationSettings } from '../src/settings.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'opsgraph-knexfile-'));
});
afterAll(() => rm(home, { recursive: true }));

const load = async (name: string, content: string, settings: Partial<MigrationSettings> = {}) => {
  const path = join(home, name);
  await writeFile(path, content);
  return loadKnexOptions({ directories: [home], projectRoot: home, ...settings }, path);
};

const wrap = "(name, quote) => quote('x_' + name)";
it.each([
  ['a knexfile', 'a.js', `module.exports = { client: 'pg', wrapIdentifier: ${wrap} };`],
  [
    'one object for each environment',
    'b.js',
    `module.exports = { development: { client: 'pg', wrapIdentifier: ${wrap} } };`,
  ],
  ['a function', 'c.js', `module.exports = async () => ({ development: { wrapIdentifier: ${wrap} } });`],
  ['a promise', 'd.mjs', `export default Promise.resolve({ wrapIdentifier: ${wrap} });`],
  [
    'what a compiler makes of a default',
    'e.js',
    `exports.__esModule = true; exports.default = { wrapIdentifier: ${wrap} };`,
  ],
  ['single exports', 'f.mjs', `export const wrapIdentifier = ${wrap};`],
])('takes what knex would be told from %s', async (_what, name, content) => {
  const { wrapIdentifier } = await load(name, content);
  expect(wrapIdentifier!('n', (text) => `<${text}>`, {})).toBe('<x_n>');
});

it('takes all that migrations may depend on, of the environment that is named', async () => {
  const content =
    "const own = { userParams: { a: 1 }, pool: { min: 2, afterCreate() {} }, postProcessResponse: (rows) => rows };\nmodule.exports = { development: { client: 'pg' }, live: { client: 'pg', ...own } };";
  expect(Object.keys(await load('g.js', content))).toEqual([]);
  expect(Object.keys(await load('h.js', content, { knexEnvironment: 'live' }))).toEqual([
    'postProcessResponse',
    'userParams',
    'afterCreate',
  ]);
});

it('refuses a knexfile that has another ledger than the configuration', async () => {
  const content = "module.exports = { client: 'pg', migrations: { tableName: 'history', schemaName: 'app' } };";
  await expect(load('i.js', content)).rejects.toMatchObject({
    message: 'i.js has migrations.tableName history, and the configuration knex_migrations',
    hint: "write tableName: 'history' under migrations in the configuration",
  });
  expect(await load('k.js', content, { tableName: 'history', schemaName: 'app' })).toEqual({});
});

it.each([
  ['none.ts', 'export const other = 1;', 'exports nothing that knex is told, nor anything for development'],
  ['wrong.ts', 'export const wrapIdentifier = 1;', 'exports a wrapIdentifier that is no function'],
  ['params.ts', 'export const userParams = 1;', 'exports userParams that are no object'],
  ['broken.ts', 'throw new Error("no");', 'cannot be imported: no'],
])('refuses %s', async (name, content, message) => {
  await expect(load(name, content)).rejects.toMatchObject({
    code: 'KNEX_MODULE',
    exitCode: 78,
    message: `${name} ${message}`,
  });
});
