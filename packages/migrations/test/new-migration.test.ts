import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newMigration } from '../src/index.ts';
import { parseSqlMigration } from '../src/sql/parse-sql-migration.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'opsgraph-new-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = new Date('2025-02-03T04:05:06Z');
const input = (name: string, format: 'ts' | 'sql') => ({
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
