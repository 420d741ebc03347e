import { describe, expect, it } from 'vitest';
import { editOf } from '../src/files/layout.ts';

const sql = '-- migrate:up\nSELECT 1; -- why\nSELECT \'one\ntwo\', $$a\nb$$, "c\nd";\n';
const js = 'export const up = (knex) =>\n  knex.raw(`SELECT\n  1`);\n';
const edit = (kind: 'sql' | 'knex', now: string, before: string) => editOf({ kind, bytes: Buffer.from(now) }, before);

describe('of an SQL file', () => {
  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['CRLF outside of strings', (text: string) => text.replace('up\n', 'up\r\n').replace('why\n', 'why\r\n')],
    ['CR outside of strings', (text: string) => text.replace('why\n', 'why\r')],
    ['blanks at the ends of lines', (text: string) => text.replace('up\n', 'up  \n').replace('why\n', 'why\t\r\n')],
    ['no line end at the end', (text: string) => text.trimEnd()],
    ['more of them', (text: string) => `${text}\r\n\n`],
  ])('%s is no edit, in either direction', (_what, change) => {
    expect(edit('sql', change(sql), sql)).toBeUndefined();
    expect(edit('sql', sql, change(sql))).toBeUndefined();
  });

  it.each([
    ['a string', 'one\n'],
    ['a dollar quote', 'a\n'],
    ['a quoted name', 'c\n'],
  ])('a line end inside of %s is one, and called by its name', (_what, where) => {
    expect(edit('sql', sql.replace(where, where.replace('\n', '\r\n')), sql)).toBe('line ends');
  });

  it.each([
    ['a blank at the end of a line of a string', (text: string) => text.replace('one\n', 'one \n')],
    ['a blank before another word', (text: string) => text.replace('SELECT 1', 'SELECT  1')],
    ['a word of a comment', (text: string) => text.replace('why', 'because')],
    [
      'line ends in a string and a word',
      (text: string) => text.replaceAll('\n', '\r\n').replace('SELECT 1', 'SELECT 2'),
    ],
  ])('%s is an edit', (_what, change) => {
    expect(edit('sql', change(sql), sql)).toBe('text');
  });
});

describe('of a program', () => {
  it('line ends and a byte order mark are no edit, in template literals neither', () => {
    expect(edit('knex', `\ufeff${js.replaceAll('\n', '\r\n')}`, js)).toBeUndefined();
    // biome-ignore lint/security/noGlobalEval: what the language itself makes of it
    expect(eval('`a\r\nb`')).toBe('a\nb');
  });

  it('a blank at the end of a line is one: it may be in a template literal', () => {
    expect(edit('knex', js.replace('SELECT\n', 'SELECT \n'), js)).toBe('text');
  });
});
