import { describe, expect, it } from 'vitest';
import { splitStatements } from '../src/sql/split-statements.ts';

const texts = (sql: string): string[] => splitStatements(sql).statements.map(({ text }) => text);

describe('splitting SQL', () => {
  it.each([
    ['plain statements', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['a last one without semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['empty statements and comments between', '; ;-- a;b\nSELECT 1; /* ; */ ;', ['SELECT 1']],
    ['what follows a comment and a carriage return', '-- a;b\rSELECT 1;-- c\rSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['strings', "SELECT 'a;''b;'; SELECT 2", ["SELECT 'a;''b;'", 'SELECT 2']],
    ['a backslash in a plain string', "SELECT '\\'; SELECT 2", ["SELECT '\\'", 'SELECT 2']],
    ['escapes in an E string', "SELECT E'a\\';b'; SELECT 2", ["SELECT E'a\\';b'", 'SELECT 2']],
    [
      'a name that ends with e before a string',
      "SELECT date'2020-01-01;'; SELECT 2",
      ["SELECT date'2020-01-01;'", 'SELECT 2'],
    ],
    ['quoted names', 'SELECT 1 AS "a;""b"; SELECT 2', ['SELECT 1 AS "a;""b"', 'SELECT 2']],
    ['dollar quotes', 'DO $$ BEGIN; END $$; SELECT 2', ['DO $$ BEGIN; END $$', 'SELECT 2']],
    [
      'tagged dollar quotes in one another',
      'DO $a$ x; $$ ; $$ $b$; $a$; SELECT 2',
      ['DO $a$ x; $$ ; $$ $b$; $a$', 'SELECT 2'],
    ],
    ['parameters and names with dollars', 'SELECT $1; SELECT a$b$; SELECT 3', ['SELECT $1', 'SELECT a$b$', 'SELECT 3']],
    ['nested comments', 'SELECT /* a /* ; */ ; */ 1; SELECT 2', ['SELECT /* a /* ; */ ; */ 1', 'SELECT 2']],
    [
      'rules with several commands',
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3',
      ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
    ],
    ['numbers beside letters', 'SELECT 1e5, 0x1F; SELECT 2', ['SELECT 1e5, 0x1F', 'SELECT 2']],
    ['letters beyond ASCII', 'SELECT 1 AS größe; SELECT 2', ['SELECT 1 AS größe', 'SELECT 2']],
  ])('keeps %s whole', (_what, sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  it('keeps a BEGIN ATOMIC body whole, with its CASE', () => {
    const body =
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END';
    expect(texts(`${body}; SELECT 3;`)).toEqual([body, 'SELECT 3']);
  });

  it('does not take BEGIN of a transaction for a body', () => {
    expect(texts('BEGIN; SELECT 1; END; SELECT 2')).toEqual(['BEGIN', 'SELECT 1', 'END', 'SELECT 2']);
  });

  it.each([
    ["SELECT 'abc", 'string'],
    ['SELECT "abc', 'quoted name'],
    ['SELECT /* /* */', 'comment'],
    ['DO $x$ abc', '$x$ string'],
    ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;', 'BEGIN ATOMIC body'],
  ])('says what has no end in %s', (sql, what) => {
    expect(splitStatements(sql).unterminated?.what).toBe(what);
  });

  it('tells where each statement is', () => {
    const sql = '-- first\nSELECT 1;\n\n  SELECT 2;';
    expect(splitStatements(sql).statements.map(({ start, end }) => sql.slice(start, end))).toEqual([
      'SELECT 1',
      'SELECT 2',
    ]);
  });
});
