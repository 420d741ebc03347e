import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listFiles } from '../src/files/list-files.ts';
import { newMigration } from '../src/index.ts';
import { loadMigration } from '../src/knex/load-migration.ts';
import { parseSqlMigration } from '../src/sql/parse-sql-migration.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'opsgraph-new-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = new Date('2025-02-03T04:05:06Z');
const input = (name: string, format?: 'ts' | 'js' | 'sql') => ({
  directories: [join(directory, 'm')],
  projectRoot: directory,
  name,
  format,
  at,
});

it('names the file by time and words, and makes the directory', async () => {
  expect(await newMigration(input('Add e-mail to Users', 'sql'))).toBe('m/20250203040506_add_e_mail_to_users.sql');
  const text = await readFile(join(directory, 'm/20250203040506_add_e_mail_to_users.sql'), 'utf8');
  expect(parseSqlMigration(text)).toMatchObject({ up: { statements: [] }, down: { statements: [] } });
});

it('never overwrites, not even with another extension', async () => {
  await newMigration(input('one', 'ts'));
  await expect(newMigration(input('one', 'sql'))).rejects.toMatchObject({ code: 'MIGRATION_EXISTS', exitCode: 73 });
  expect(await readdir(join(directory, 'm'))).toEqual(['20250203040506_one.ts']);
});

it('stays in its directory whatever the name', async () => {
  expect(await newMigration(input('../../etc/x', 'ts'))).toBe('m/20250203040506_etc_x.ts');
  await expect(newMigration(input('../..', 'ts'))).rejects.toMatchObject({ code: 'MIGRATION_NAME', exitCode: 64 });
});

it.each([
  [{}, {}, '.ts'],
  [{ '1_a.js': 'exports.up = () => {};', '2_b.sql': '-- migrate:up' }, {}, '.js'],
  [{ '1_a.js': 'exports.up = () => {};' }, {}, '.js'],
  [{ '1_a.js': 'export const up = () => {};' }, { type: 'module' }, '.js'],
  [{ '1_a.cjs': 'exports.up = () => {};' }, { type: 'module' }, '.cjs'],
  [{ '1_a.mjs': 'export const up = () => {};' }, {}, '.mjs'],
  [{ '1_a.js': 'exports.up = () => {};', '2_b.ts': '' }, {}, '.ts'],
])('is written like its newest neighbour, and loads: %j in a package %j is %s', async (files, manifest, extension) => {
  await mkdir(join(directory, 'm'));
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, 'm', name), content);
  expect(await newMigration(input('one'))).toBe(`m/20250203040506_one${extension}`);
  const settings = { directories: [join(directory, 'm')], projectRoot: directory };
  const written = (await listFiles(settings)).files.find(({ stem }) => stem.endsWith('_one'))!;
  expect(await loadMigration(settings, written)).toMatchObject({
    up: expect.any(Function),
    down: expect.any(Function),
  });
  // Stock knex loads it with require or import, as Node decides.
  if (extension !== '.ts')
    expect(Object.keys((await import(written.path)) as object)).toEqual(expect.arrayContaining(['up', 'down']));
});

it('JavaScript without a neighbour is what package.json says', async () => {
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  const path = await newMigration(input('one', 'js'));
  expect(await readFile(join(directory, path), 'utf8')).toContain('export async function up(knex)');
});

it('is SQL where there is only SQL', async () => {
  await newMigration(input('one', 'sql'));
  expect(await newMigration(input('two'))).toBe('m/20250203040506_two.sql');
});
