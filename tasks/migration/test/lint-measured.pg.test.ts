import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { lintMigrations } from '@opsgraph/migration-lint';
import { rehearse } from '@opsgraph/migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPending } from '../steps/read-pending.ts';
import { readTarget } from '../steps/read-target.ts';

// What lint says of a migration, and what PostgreSQL does when it is rehearsed: the same statements read or write a table whole.

let project: TaskProject;
beforeAll(async () => {
  project = await createTaskProject();
});
afterAll(() => project.remove());

const table = `
  CREATE DOMAIN word AS text;
  CREATE TYPE mood AS ENUM ('glad', 'sad');
  CREATE TABLE card (
    id bigint PRIMARY KEY, name text NOT NULL, title varchar(50), code varchar(20) NOT NULL, fixed char(3), n int, m int NOT NULL DEFAULT 0,
    price numeric(8,2), at timestamp, seen timestamptz(3), on_day date, tags text[], flag boolean NOT NULL DEFAULT false, word word, mood mood,
    plain varchar(50) COLLATE "C", checked varchar(20) CHECK (checked <> ''), lowered varchar(20), part varchar(20), unproven text, proven text);
  CREATE INDEX by_code ON card (code);
  CREATE UNIQUE INDEX by_title ON card (title);
  CREATE INDEX by_plain ON card (plain);
  CREATE INDEX by_lowered ON card (lower(lowered));
  CREATE INDEX by_part ON card (word) WHERE part IS NOT NULL;
  ALTER TABLE card ADD CONSTRAINT proof CHECK (proven IS NOT NULL);
  ALTER TABLE card ADD CONSTRAINT doubt CHECK (unproven <> '') NOT VALID;
  CREATE TABLE comment (id bigint PRIMARY KEY, card_id bigint NOT NULL REFERENCES card (id));
  INSERT INTO card (id, name, code, proven) SELECT i, 'n' || i, 'c' || i, 'p' FROM generate_series(1, 50) i;
`;

/** How many statements of it read or write the table whole, and what PostgreSQL did: R rewrite, S scan, I an index built again. */
const altered: [what: string, build: string, effects: string[]][] = [
  ['the same boolean, NOT NULL', "t.boolean('flag').notNullable().defaultTo(false).alter()", ['S']],
  ['the same boolean without its nullability', "t.boolean('flag').defaultTo(true).alter({ alterNullable: false })", []],
  ['the same text, NOT NULL', "t.text('name').notNullable().alter()", ['S']],
  ['NOT NULL to nullable', "t.text('name').alter()", []],
  ['nullable to NOT NULL, which the CHECK proves that is made again', "t.text('proven').notNullable().alter()", ['S']],
  ['nullable to NOT NULL that nothing proves', "t.integer('n').defaultTo(1).alter({ alterNullable: false })", []],
  ['another default', "t.integer('m').notNullable().defaultTo(5).alter()", ['S']],
  ['int to bigint', "t.bigInteger('m').notNullable().alter()", ['R', 'S']],
  ['int to bigint, nullable', "t.bigInteger('n').alter()", ['R']],
  ['int to text', "t.text('n').alter()", ['R']],
  ['a longer varchar', "t.string('code', 40).notNullable().alter()", ['S']],
  ['a longer varchar, unique', "t.string('title', 255).alter()", []],
  ['a shorter varchar', "t.string('title', 20).alter()", ['R']],
  ['varchar to text', "t.text('title').alter()", []],
  ['text to varchar(n)', "t.string('unproven').alter()", ['R']],
  ['text to varchar', "t.specificType('unproven', 'varchar').alter()", []],
  ['char to varchar', "t.string('fixed', 10).alter()", ['R']],
  ['a longer char', "t.specificType('fixed', 'char(5)').alter()", ['R']],
  ['a larger numeric', "t.decimal('price', 12, 2).alter()", []],
  ['a numeric of another scale', "t.decimal('price', 12, 4).alter()", ['R']],
  ['any numeric', "t.specificType('price', 'numeric').alter()", []],
  ['timestamptz of more digits', "t.timestamp('seen', { precision: 6 }).alter()", []],
  ['timestamptz of fewer', "t.timestamp('seen', { precision: 0 }).alter()", ['R']],
  ['date to timestamptz', "t.timestamp('on_day').alter()", ['R']],
  ['text[] to text[]', "t.specificType('tags', 'text[]').alter()", []],
  ['text[] to varchar[]', "t.specificType('tags', 'varchar[]').alter()", ['R']],
  ['an enum to text', "t.text('mood').alter()", ['R']],
  ['the same enum', "t.specificType('mood', 'mood').alter()", []],
  ['a longer varchar with a CHECK', "t.string('checked', 40).alter()", ['S']],
  ['the same varchar with a CHECK', "t.string('checked', 20).alter()", ['S']],
  ['the same text with a CHECK that is NOT VALID', "t.text('unproven').alter()", []],
  ['a longer varchar in an index of an expression', "t.string('lowered', 40).alter()", ['I']],
  ['the same varchar in an index with a condition', "t.string('part', 20).alter()", ['I']],
  ['the same varchar that had a collation', "t.string('plain', 50).alter()", ['I']],
  ['a primary key, the same', "t.bigInteger('id').notNullable().alter({ alterNullable: false })", []],
  ['a renamed column', "t.renameColumn('n', 'number')", []],
];

const sql: [what: string, sql: string, effects: string[]][] = [
  ['a USING that is more than a cast', 'ALTER TABLE card ALTER title TYPE text USING upper(title)', ['R']],
  ['a type that a cast names otherwise', 'ALTER TABLE card ALTER title TYPE text USING title::varchar(3)', ['R']],
  ['a column without USING', 'ALTER TABLE card ALTER title TYPE varchar', []],
  ['its collation written again', 'ALTER TABLE card ALTER plain TYPE varchar(60) COLLATE "C"', []],
  ['several at once', 'ALTER TABLE card ALTER title TYPE text, ALTER n TYPE bigint, ALTER name DROP NOT NULL', ['R']],
  ['SET NOT NULL of what is', 'ALTER TABLE card ALTER name SET NOT NULL', []],
  ['SET NOT NULL that a CHECK proves', 'ALTER TABLE card ALTER proven SET NOT NULL', []],
  ['a domain in an index with a condition, the same', 'ALTER TABLE card ALTER word TYPE word', ['I']],
  ['timestamp to timestamptz', 'ALTER TABLE card ALTER at TYPE timestamptz', []],
  [
    'timestamp to timestamptz elsewhere',
    "SET timezone = 'Europe/Berlin'; ALTER TABLE card ALTER at TYPE timestamptz",
    ['R'],
  ],
  ['NOT NULL dropped in one file', 'ALTER TABLE card ALTER name DROP NOT NULL', []],
  [
    'a new column, then altered',
    'ALTER TABLE card ADD extra boolean NOT NULL DEFAULT false; ALTER TABLE card ALTER extra TYPE boolean USING extra::boolean',
    [],
  ],
  ['a new column, then widened', 'ALTER TABLE card ADD extra int; ALTER TABLE card ALTER extra TYPE bigint', ['R']],
  [
    'a renamed column, the same type',
    'ALTER TABLE card RENAME title TO heading; ALTER TABLE card ALTER heading TYPE varchar(60)',
    [],
  ],
  [
    'an index made before, with a condition',
    "CREATE INDEX odd ON card (n) WHERE title = 'x'; ALTER TABLE card ALTER title TYPE text",
    ['S', 'S'],
  ],
  [
    'a CHECK added before',
    "ALTER TABLE card ADD CHECK (title <> ''); ALTER TABLE card ALTER title TYPE text",
    ['S', 'S'],
  ],
];

const settings = { version: 180000, hasLockTimeout: true, disable: {}, enable: [] };

async function both(content: string, name: string) {
  const home = await mkdtemp(join(tmpdir(), 'opsgraph-lint-measured-'));
  try {
    await writeFile(join(home, name), content);
    return await project.database.session(async (session) => {
      await session.execute(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET search_path = public; ${table}`);
      const input = { directories: [home], projectRoot: home };
      const [migration] = (await rehearse(session, { ...input, holdLimit: 30_000 })).migrations;
      const target = await readTarget(session, input);
      const { findings } = await lintMigrations(await readPending(session, input), { ...settings, ...target });
      return { statements: migration!.statements, findings };
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

describe.each([
  ...altered.map(([what, build, effects]) => ({
    what,
    name: '1_a.js',
    effects,
    content: `exports.up = (knex) => knex.schema.alterTable('card', (t) => { ${build}; });\n`,
  })),
  ...sql.map(([what, statements, effects]) => ({
    what,
    name: '1_a.sql',
    effects,
    content: `-- migrate:up\n${statements};\n`,
  })),
])('$what', ({ name, content, effects }) => {
  it('costs what lint says', async () => {
    const { statements, findings } = await both(content, name);
    const measured = statements.flatMap(({ sql, effects }) => {
      const seen = effects.map(({ rewritten, scanned, kind }) =>
        rewritten ? (kind === 'index' ? 'I' : 'R') : scanned ? 'S' : '',
      );
      const most = (['R', 'I', 'S'] as const).find((one) => seen.includes(one));
      return most === undefined ? [] : [[plain(sql), most]];
    });
    const told = new Set(
      findings.filter(({ lasts }) => lasts === 'table-size').map(({ statement }) => plain(statement)),
    );
    expect(measured.map(([, effect]) => effect)).toEqual(effects);
    expect([...told]).toEqual([...new Set(measured.map(([sql]) => sql))]);
  });
});

/** A statement without what the reader of a file may leave out. */
function plain(sql: string): string {
  return sql.replace(/;\s*$/, '').replace(/\s+/g, ' ').trim();
}
