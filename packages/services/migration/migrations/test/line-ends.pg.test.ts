import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findDrift } from '../src/check/find-drift.ts';
import { writeSchema } from '../src/check/write-schema.ts';
import { type MigrateResult, migrate, planMigrations, repair } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();

const run = (): Promise<MigrateResult> => project.database.session((session) => migrate(session, project.settings));
const problems = async () =>
  (await project.database.session((session) => planMigrations(session, project.settings))).problems;

const files: Record<string, string> = {
  '1_a.sql': tableSql('a'),
  '2_b.js': tableKnex('b'),
  '3_c.ts': "import type { Knex } from 'knex';\nexport const up = (knex: Knex) =>\n  knex.raw(`CREATE TABLE c\n()`);\n",
  '4_d.mjs': "export const up = (knex) =>\n  knex.raw('CREATE TABLE d ()');\n",
};
const forWindows = (content: string): string => `\ufeff${content.replaceAll('\n', '\r\n')}`;
const inAll = (change: (content: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [name, change(content)]));

it.each([
  ['LF', 'CRLF and a byte order mark', (content: string) => content, forWindows],
  ['CRLF and a byte order mark', 'LF', forWindows, (content: string) => content],
])('what was applied with %s is the same with %s', async (_from, _to, before, after) => {
  await project.write(inAll(before));
  expect((await run()).applied).toHaveLength(4);
  await project.write({ ...inAll(after), '5_e.sql': after(tableSql('e')) });
  expect(await problems()).toEqual([]);
  expect((await run()).applied.map(({ name }) => name)).toEqual(['5_e.sql']);
  expect(await project.tables()).toEqual(['a', 'b', 'c', 'd', 'e']);
  const { differences } = await project.database.session((session) =>
    findDrift(session, project.withScratch, project.settings),
  );
  expect(differences).toEqual([]);
});

it('a line end inside of a string is an edit, and is told as what it is', async () => {
  const content = "-- migrate:up\nCREATE TABLE a (t text DEFAULT 'one\ntwo');\n";
  await project.write({ '1_a.sql': content });
  await run();
  await project.write({ '1_a.sql': forWindows(content) });
  await expect(run()).rejects.toMatchObject({
    exitCode: 77,
    problems: [expect.stringMatching(/^1_a.sql: has other line ends inside its strings .*eol=lf/)],
  });
  const shown = await project.database.session((session) => repair(session, project.settings));
  expect(shown.differences[0]!.lines.filter((line) => /^[-+]/.test(line))).toEqual([
    "-CREATE TABLE a (t text DEFAULT 'one",
    "+CREATE TABLE a (t text DEFAULT 'one␍",
  ]);
  await project.write({ '1_a.sql': content });
  expect(await problems()).toEqual([]);
});

it('an edit in a file for Windows is shown alone', async () => {
  await project.write({ '1_a.sql': tableSql('a') });
  await run();
  await project.write({ '1_a.sql': forWindows(tableSql('a').replace('int', 'bigint')) });
  const shown = await project.database.session((session) => repair(session, project.settings));
  expect(shown.differences[0]!.lines.filter((line) => /^[-+]/.test(line))).toHaveLength(2);
});

it('what is pending is the same for a plan that another machine made', async () => {
  const pending = async () =>
    (await project.database.session((session) => planMigrations(session, project.settings))).pending;
  await project.write(files);
  const planned = await pending();
  await project.write(inAll(forWindows));
  expect(await pending()).toEqual(planned);
  await project.write({ '1_a.sql': tableSql('a').replace('int', 'bigint') });
  expect(await pending()).not.toEqual(planned);
});

it('a renamed file is recognised with other line ends', async () => {
  await project.write({ '1_a.sql': tableSql('a') });
  await run();
  await project.remove('1_a.sql');
  await project.write({ '1_b.sql': forWindows(tableSql('a')) });
  expect((await problems())[0]!.message).toContain('its file is called 1_b.sql now');
});

it('one without a transaction goes on after its first part, whatever the line ends', async () => {
  const content = (second: string): string =>
    `-- migrate:up transaction:false\nCREATE TABLE a\n(id int);\n${second};\n`;
  await project.write({ '1_a.sql': content('SELECT nonsense') });
  await expect(run()).rejects.toMatchObject({ exitCode: 1 });
  await project.write({ '1_a.sql': forWindows(content('CREATE TABLE b ()')) });
  expect((await run()).applied).toHaveLength(1);
  expect(await project.tables()).toEqual(['a', 'b']);
});

it('a schema file that was checked out for Windows is current', async () => {
  const path = join(project.directory, 'schema.txt');
  await writeFile(path, forWindows('-- text\n\nCREATE TABLE a ();\n'));
  expect(await writeSchema(project.settings, path, '-- text\n\nCREATE TABLE a ();\n', true)).toMatchObject({
    isCurrent: true,
  });
});
