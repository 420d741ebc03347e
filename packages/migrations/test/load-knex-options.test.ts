import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKnexOptions } from '../src/knex/load-knex-options.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'opsgraph-knexfile-'));
});
afterAll(() => rm(home, { recursive: true }));

const load = async (name: string, content: string) => {
  const path = join(home, name);
  await writeFile(path, content);
  return loadKnexOptions({ directories: [home], projectRoot: home }, path);
};

it('takes what knex would be told from a knexfile or from exports', async () => {
  const file = await load(
    'knexfile.js',
    "module.exports = { client: 'pg', wrapIdentifier: (name, quote) => quote('x_' + name), userParams: { a: 1 } };",
  );
  expect(Object.keys(file)).toEqual(['wrapIdentifier', 'userParams']);
  expect(file.wrapIdentifier!('n', (name) => `<${name}>`, {})).toBe('<x_n>');
  const module = await load('names.ts', 'export const postProcessResponse = (result: unknown): unknown => result;');
  expect(Object.keys(module)).toEqual(['postProcessResponse']);
});

it.each([
  ['none.ts', 'export const other = 1;', 'exports nothing of what knex would be told'],
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
