import { describe, expect, it } from 'vitest';
import { hasMarker, parseSqlMigration } from '../src/sql/parse-sql-migration.ts';

const around = (line: string): string =>
  `-- migrate:up\nALTER TABLE customers ADD COLUMN phone text;\n${line}\nDELETE FROM customers;\n`;

describe('what looks like a marker and is none', () => {
  it.each([
    '  -- migrate:down',
    '\t-- migrate:down',
    '-- Migrate:Down',
    '-- MIGRATE:DOWN',
    '--\u00a0migrate:down',
    '\u00a0-- migrate:down',
    '\ufeff-- migrate:down',
    '-- migrate\u200b:down',
    '-- migrate:down\u00a0transaction:false',
    '-- migrate: down',
    '-- migrate :down',
    '-- migrate : down',
    '-- migrate : down transaction:false',
    '-- migrate:dwon',
    '-- migrate:donw',
    '-- migrate:doen',
    '-- migrate:rollback',
    '-- migarte:down',
    '-- migrat:down',
    '-- migration:down',
    '-- migrate;down',
    '-- migrate-down',
    '-- migrate_down',
    '-- migrate=down',
    '-- migrate/down',
    '-- migrate::down',
    '-- migrate：down',
    '-- migratedown',
    '-- migrate down',
    '-- migrate:down;',
    '-- migrate:down.',
    '-- migrate:down-- undoes it',
    '--- migrate:down',
    '---- migrate:down ----',
    '-- === migrate:down ===',
    '– migrate:down',
    '—— migrate:down',
    '- migrate:down',
    '# migrate:down',
    '// migrate:down',
    '/* migrate:down */',
    '/*\n migrate:down\n*/',
    '/* -- migrate:down */',
    'migrate:down',
    'SELECT 1; -- migrate:down',
    '-- Down Migration',
    '  -- down migration',
    '-- Migrate Down: drop the column',
    '-- +goose Down',
    '-- +migrate Down',
    '-- goose:down',
    '# --- !Downs',
    '-- Down',
    '-- down:',
    '-- [down]',
    '-- (Down)',
    '-- //@UNDO',
    '--//@UNDO',
    '-- UNDO',
    '-- rollback',
    '-- === ROLLBACK ===',
    '-- Revert:',
    '-- downgrade',
    '-- Down Script',
    '-- Rollback Migration',
    '-- DOWN SQL',
    '-- 1. down',
    '-- 2) Down',
    '-- b: rollback',
    '-- region down',
    '-- #region Down',
    '--region [Down]',
    '-- begin down',
    '-- BEGIN OF DOWN MIGRATION',
    '-- start: down',
    '-- section 2: down',
    '-- Part 2 - Rollback',
    '-- 2. migrate down',
    '-- region migrate:down',
  ])('%j is refused with its line', (line) => {
    const at = line.startsWith('/*\n') ? 4 : 3;
    expect(parseSqlMigration(around(line))).toContainEqual({
      line: at,
      message: expect.stringContaining('looks like a marker but is not one'),
      hint: expect.stringMatching(/^write `-- migrate:(down|up)`|^an option/),
    });
  });

  it.each(['-- transaction:false', '-- transaction: false', '-- migrate:no-transaction', '-- +goose NO TRANSACTION'])(
    '%j switches nothing, and is refused',
    (line) => {
      expect(parseSqlMigration(around(line))).toContainEqual(expect.objectContaining({ line: 3 }));
    },
  );

  it.each([
    ['two blanks', '  -- migrate:up\nSELECT 1;\n'],
    ['a byte order mark that is not the first character', '\n\ufeff-- migrate:up\nSELECT 1;\n'],
    ['capitals', '-- Migrate:Up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n'],
    ['goose', '-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n'],
    ['node-pg-migrate', '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n'],
  ])('is named where nothing else begins a section: %s', (_what, text) => {
    expect(parseSqlMigration(text)).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('looks like a marker but is not one') }),
    );
  });

  it('is refused with old line ends, which PostgreSQL reads', () => {
    const text = around('  -- migrate:down');
    for (const ends of ['\r\n', '\r'])
      expect(parseSqlMigration(text.replaceAll('\n', ends))).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining('"-- migrate:down", which looks like a marker') }),
      );
  });

  it('is refused in the second section, too', () => {
    expect(
      parseSqlMigration('-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n -- migrate:up\nSELECT 3;'),
    ).toEqual([expect.objectContaining({ line: 5, message: expect.stringContaining('looks like a marker') })]);
  });
});

describe('what only mentions one', () => {
  it.each([
    '-- migrate: the users to the new table',
    '-- migrate the users',
    '-- migrate up to ten rows at a time',
    '-- migrate down payments into their own table',
    '-- migration of the users',
    '-- Migration: add phone',
    '-- up to here nothing is locked',
    '-- down below the column is dropped',
    '-- undone by migrate:down',
    '-- `migrate:down` drops it',
    '-- Up Migration',
    '-- Up',
    '-- transaction: all of this happens or nothing',
    '-- status: down',
    '-- rollback is not possible here',
    '-- revert the sign of old amounts',
    '-- undo (see the issue) sets it to null',
    '-- 1. down payments first',
    '-- 2. roll back what was booked twice',
    '-- begin down payments',
    '-- start up to ten workers',
    '-- part 2 of the rollback plan, see the issue',
    '-- region: up to four letters',
    '-- step 1: up',
    '-- begin',
    '-- endregion',
    ') undo, t AS down;',
    "SELECT '\n-- Migrate:Down\n  -- migrate:down\n';",
    'SELECT $$\n  -- migrate:down\n$$;',
    'SELECT $x$ /* migrate:down */ $x$, "migrate:down";',
    'CREATE TABLE t (\n  up int,\n  down int,\n  migrate_down int,\n  migrate text);',
    'SELECT a [\n migrate :: int];',
  ])('%j is a comment or SQL', (line) => {
    expect(parseSqlMigration(around(line))).toHaveProperty('up');
  });

  it('may be a heading of the section that it stands in', () => {
    expect(
      parseSqlMigration('-- Up\n-- migrate:up\n-- Up\nSELECT 1;\n-- migrate:down\n-- Down\nSELECT 2;'),
    ).toHaveProperty('down.statements.length', 1);
  });
});

it('a marker cuts a body in two, as dbmate does, and the hint says so; indented it stays inside', () => {
  const body = (line: string): string => `-- migrate:up\nDO $$ BEGIN\n${line}\nEND $$;`;
  expect(parseSqlMigration(body('-- migrate:down'))).toContainEqual(
    expect.objectContaining({ message: 'has a $$ string without an end', hint: expect.stringContaining('indent') }),
  );
  expect(parseSqlMigration(body('  -- migrate:down'))).toHaveProperty('up.statements.length', 1);
});

it.each([
  ['-- migrate:up\nSELECT 1;', true],
  ['\ufeff-- migrate:up\nSELECT 1;', true],
  ['  -- Migrate:Up\nSELECT 1;', true],
  ['-- Up Migration\nSELECT 1;', false],
  ['-- read by 1_a.js\nSELECT 1;', false],
])('%j beside knex migrations says whether it is one: %s', (text, says) => {
  expect(hasMarker(text)).toBe(says);
});
