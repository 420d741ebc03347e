import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
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
  const { wrapIdentifier } = (await load(name, content)).config as unknown as Knex.Config;
  expect(wrapIdentifier!('n', (text) => `<${text}>`, {})).toBe('<x_n>');
});

it('takes all but the connection, of the environment that is named', async () => {
  const content =
    "const own = { userParams: { a: 1 }, pool: { min: 2, afterCreate() {} }, postProcessResponse: (rows) => rows, defaultDateTimePrecision: 3, searchPath: 'app', schemas: ['a'] };\nmodule.exports = { userParams: { beside: 1 }, development: { client: 'pg' }, live: { client: 'pg', connection: 'postgres://somewhere', ...own } };";
  expect(await load('g.js', content)).toEqual({ config: { client: 'pg' } });
  const { config, afterCreate } = await load('h.js', content, { knexEnvironment: 'live', searchPath: ['app'] });
  expect(Object.keys(config)).toEqual([
    'client',
    'userParams',
    'postProcessResponse',
    'defaultDateTimePrecision',
    'searchPath',
    'schemas',
  ]);
  expect(afterCreate).toBeTypeOf('function');
});

it.each([
  [
    { tableName: 'history', schemaName: 'app', extension: 'ts', stub: 'none.ts' },
    "tableName 'history', and the configuration 'knex_migrations'; schemaName 'app', and the configuration none",
    "tableName: 'history', schemaName: 'app'",
  ],
  [{ sortDirsSeparately: true }, 'sortDirsSeparately true, and the configuration false', 'sortDirsSeparately: true'],
  [{ disableTransactions: true }, 'disableTransactions true, and the configuration false', 'disableTransactions: true'],
  [
    { loadExtensions: ['.ls'] },
    "loadExtensions ['.ls'], and the configuration ['.ts', '.js', '.mjs', '.cjs', '.sql']",
    "loadExtensions: ['.ls']",
  ],
])('refuses a knexfile that means another history than the configuration: %o', async (migrations, message, hint) => {
  const name = `i${++count}.js`;
  const content = `module.exports = { client: 'pg', migrations: ${JSON.stringify(migrations)} };`;
  await expect(load(name, content)).rejects.toMatchObject({
    message: `${name} has ${message}`,
    hint: `write ${hint} under migrations in the configuration`,
  });
  expect(await load(name, content, migrations)).toHaveProperty('config.migrations', migrations);
});
let count = 0;

it('refuses another search path', async () => {
  const content = "module.exports = { client: 'pg', searchPath: 'app' };";
  await expect(load('k.js', content)).rejects.toMatchObject({
    message: "k.js has searchPath 'app', and the configuration none",
  });
  expect(await load('k.js', content, { searchPath: ['app'] })).toEqual({ config: { client: 'pg', searchPath: 'app' } });
});

it('refuses hooks, which would be left out', async () => {
  await expect(load('l.js', "module.exports = { client: 'pg', migrations: { afterAll() {} } };")).rejects.toMatchObject(
    {
      message: 'l.js has migrations.afterAll, which only knex runs',
    },
  );
});

it.each([
  ['none.ts', 'export const other = 1;', 'exports no settings of knex, and nothing for development'],
  ['wrong.ts', 'export const wrapIdentifier = 1;', 'exports a wrapIdentifier that is not a function'],
  ['params.ts', 'export const userParams = 1;', 'exports userParams that are not an object'],
  ['broken.ts', 'throw new Error("no");', 'cannot be imported: no'],
])('refuses %s', async (name, content, message) => {
  await expect(load(name, content)).rejects.toMatchObject({
    code: 'KNEX_MODULE',
    exitCode: 78,
    message: `${name} ${message}`,
  });
});
