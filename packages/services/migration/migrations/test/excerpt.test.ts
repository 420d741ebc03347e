import { describe, expect, it } from 'vitest';
import { excerptAt } from '../src/excerpt.ts';

const at = (sql: string, word: string): string => excerptAt(sql, sql.indexOf(word));

describe('the place of an error in a statement', () => {
  it('is under a caret, with the two lines before it', () => {
    expect(at('CREATE TABLE b (\n  id int,\n  name text,\n  place wrong_type,\n  more int\n)', 'wrong')).toBe(
      '…\n  id int,\n  name text,\n  place wrong_type,\n        ^',
    );
    expect(at('SELECT 1 FROM nowhere', 'nowhere')).toBe('SELECT 1 FROM nowhere\n              ^');
  });

  it('is under it also behind tabs and Windows line ends', () => {
    expect(at('SELECT\r\n\t1,\tx', 'x')).toBe('SELECT\n\t1,\tx\n\t  \t^');
  });

  it('is in a window of a long line', () => {
    const [line, caret] = at(`SELECT ${'1, '.repeat(5000)} x, ${'2, '.repeat(5000)} 3`, 'x').split('\n');
    expect(line!.length).toBeLessThan(130);
    expect(line![caret!.indexOf('^')]).toBe('x');
  });

  it('is left out of a statement of megabytes, whose passwords would take minutes to look for', () => {
    const began = performance.now();
    const shown = at(`INSERT INTO t VALUES ${"(1,'abc'),".repeat(500_000)} wrong`, 'wrong');
    expect([shown.startsWith('INSERT INTO t'), shown.length < 600, performance.now() - began < 3000]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('is left out where a password was, and the password with it', () => {
    expect(at("CREATE ROLE a PASSWORD 'tiger' NOSUCH", 'NOSUCH')).not.toMatch(/tiger|\^/);
  });
});
