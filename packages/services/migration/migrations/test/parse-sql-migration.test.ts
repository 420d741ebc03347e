import { describe, expect, it } from 'vitest';
import { parseSqlMigration, type SqlMigration } from '../src/sql/parse-sql-migration.ts';

const parsed = (text: string): SqlMigration => {
  const result = parseSqlMigration(text);
  if (Array.isArray(result)) throw new Error(result[0]!.message);
  return result;
};

describe('an SQL migration', () => {
  it('has an up and a down section', () => {
    const { up, down } = parsed('-- why\n-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;\n');
    expect(up).toMatchObject({ sql: 'CREATE TABLE a ();\n', line: 3, transaction: true });
    expect(down).toMatchObject({ sql: 'DROP TABLE a;\n', line: 5, transaction: true });
  });

  it('may do without down, and without a transaction', () => {
    expect(parsed('-- migrate:up transaction:false\nVACUUM;')).toMatchObject({
      up: { transaction: false },
      down: undefined,
    });
    expect(parsed('-- migrate:up\r\nSELECT 1;\r\n-- migrate:down transaction:false\r\n').down?.transaction).toBe(false);
  });

  it.each([
    ['nothing', ' \n', 1, 'is empty'],
    ['no section', 'CREATE TABLE a ();', 1, 'has no `-- migrate:up`'],
    ['down only', '-- migrate:down\nDROP TABLE a;', 1, 'has no `-- migrate:up`'],
    ['SQL before the section', '\nSELECT 1;\n-- migrate:up\nSELECT 2;', 2, 'has SQL before its first section'],
    ['two ups', '-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;', 3, 'has a section twice'],
    ['an unknown option', '-- migrate:up transactions:false\nSELECT 1;', 1, 'unknown option "transactions:false"'],
    ['a string without an end', "-- migrate:up\n\nSELECT 'x;\n", 3, 'has a string without an end'],
    ['COMMIT', '-- migrate:up\nSELECT 1;\n\nCOMMIT;\nSELECT 2;', 4, 'contains COMMIT'],
    ['a psql command', '-- migrate:up\n\\connect x', 2, 'has a psql command'],
    ['COPY from stdin', '-- migrate:up\nCOPY t (a) FROM stdin;', 2, 'has COPY … FROM STDIN'],
    ['BEGIN', '-- migrate:up\nBEGIN;\nSELECT 2;', 2, 'contains BEGIN'],
    ['ROLLBACK in down', '-- migrate:up\nSELECT 1;\n-- migrate:down\nROLLBACK AND CHAIN;', 4, 'contains ROLLBACK'],
  ])('with %s is refused with the line', (_what, text, line, message) => {
    expect(parseSqlMigration(text)).toEqual([
      expect.objectContaining({ line, message: expect.stringContaining(message) }),
    ]);
  });

  it('may use savepoints, and the words in strings and bodies', () => {
    parsed(
      "-- migrate:up\nSAVEPOINT a; ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a; SELECT 'COMMIT'; DO $$ BEGIN END $$;",
    );
  });
});
