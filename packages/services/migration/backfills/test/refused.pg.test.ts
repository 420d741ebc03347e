import { beforeEach, describe, expect, it } from 'vitest';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill();

const once = "rows: 'true', set: 'times = times + 1', done: 'every-row-visited'";

describe('a key that does not do', () => {
  it.each<[string, string, string, RegExp, RegExp]>([
    ['missing table', 'SELECT 1', 'id', /there is no table t/, /is its migration applied/],
    ['view', 'CREATE VIEW t AS SELECT 1 AS id, 0 AS times', 'id', /is a view/, /holds its rows itself/],
    [
      'table with children',
      'CREATE TABLE t (id int PRIMARY KEY, times int); CREATE TABLE c () INHERITS (t)',
      'id',
      /INHERITS/,
      /./,
    ],
    [
      'table without any key',
      'CREATE TABLE t (times int)',
      'id',
      /no column id/,
      /without a key rows cannot be told apart.*ADD id bigint/,
    ],
    ['missing column', 'CREATE TABLE t (code text PRIMARY KEY, times int)', 'id', /no column id/, /its key is code/],
    [
      'nullable key',
      'CREATE TABLE t (id int UNIQUE, times int)',
      'id',
      /may be NULL; a cursor/,
      /ALTER "id" SET NOT NULL/,
    ],
    [
      'key with NULLs',
      'CREATE TABLE t (id int UNIQUE, times int); INSERT INTO t VALUES (NULL, 0)',
      'id',
      /may be NULL, and is in some rows/,
      /choose a key/,
    ],
    [
      'key that nothing makes unique',
      'CREATE TABLE t (id int NOT NULL, times int); INSERT INTO t VALUES (1), (2)',
      'id',
      /nothing makes id unique/,
      /CREATE UNIQUE INDEX CONCURRENTLY/,
    ],
    [
      'key with duplicates',
      'CREATE TABLE t (id int NOT NULL, times int); INSERT INTO t VALUES (7), (7)',
      'id',
      /not unique in .*: \(7\) occurs 2 times/,
      /without a key/,
    ],
    [
      'partial index',
      'CREATE TABLE t (id int NOT NULL, times int); CREATE UNIQUE INDEX part ON t (id) WHERE id > 5',
      'id',
      /part covers only some rows/,
      /CREATE UNIQUE INDEX/,
    ],
    [
      'key in another order',
      'CREATE TABLE t (a int, b int, times int, PRIMARY KEY (b, a))',
      "a', 'b",
      /in another order: b, a/,
      /write key: \["b", "a"\]/,
    ],
    [
      'part of a key',
      'CREATE TABLE t (a int, b int, times int, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 1), (1, 2)',
      'a',
      /a is not unique/,
      /unique keys: a, b/,
    ],
  ])('%s is refused, and nothing is recorded', async (_what, ddl, key, message, hint) => {
    await project.query(ddl);
    await project.define('wrong', `table: 't', key: ['${key}'], ${once}`);
    await expect(project.run()).rejects.toMatchObject({
      exitCode: 65,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(await project.query('SELECT FROM ops.backfill')).toEqual([]);
  });

  it('an index whose building failed is refused, and dropping it is proposed', async () => {
    await project.query('CREATE TABLE t (id int NOT NULL, times int); INSERT INTO t VALUES (1), (1)');
    await project.query('CREATE UNIQUE INDEX CONCURRENTLY broken ON t (id)').catch(() => {});
    await project.define('wrong', `table: 't', key: 'id', ${once}`);
    await expect(project.run()).rejects.toMatchObject({
      message: expect.stringContaining('broken of "public"."t" is invalid'),
      hint: expect.stringContaining('DROP INDEX CONCURRENTLY "broken"'),
    });
  });
});

describe('SQL that PostgreSQL does not accept', () => {
  beforeEach(() =>
    project.query('CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0); INSERT INTO t VALUES (1)'),
  );

  it.each([
    ['rows', "rows: 'times >', set: 'times = 1', done: 'every-row-visited'", 'syntax error'],
    ['rows', "rows: 'tmies = 0', set: 'times = 1', done: 'every-row-visited'", 'column "tmies" does not exist'],
    ['rows', "rows: 'true); DELETE FROM t; --', set: 'times = 1', done: 'every-row-visited'", 'syntax error'],
    ['rows', "rows: 'times = $1', set: 'times = 1', done: 'every-row-visited'", 'requires 1'],
    ['set', "rows: 'true', set: 'times', done: 'every-row-visited'", 'syntax error'],
    ['work', "rows: 'true', work: 'UPDATE t SET x = 1 WHERE id = ANY($1)', done: 'every-row-visited'", 'column "x"'],
    ['work', "rows: 'true', work: 'TRUNCATE t', done: 'every-row-visited'", 'syntax error'],
    [
      'work',
      "rows: 'true', work: 'DELETE FROM t WHERE id = ANY($1); COMMIT', done: 'every-row-visited'",
      'multiple commands',
    ],
    ['done', "rows: 'true', set: 'times = 1', done: { sql: 'true AND' }", 'syntax error'],
  ])('in %s: %s', async (part, fields, says) => {
    await project.define('wrong', `table: 't', key: 'id', ${fields}`);
    await expect(project.run()).rejects.toMatchObject({
      code: 'BACKFILL_SQL_INVALID',
      exitCode: 65,
      message: expect.stringMatching(
        new RegExp(`wrong.ts: ${part} is not accepted.*${says.replaceAll(/[$"]/g, '\\$&')}`),
      ),
    });
    expect(await project.query('SELECT times FROM t')).toEqual([{ times: 0 }]);
    expect(await project.query('SELECT FROM ops.backfill')).toEqual([]);
  });
});
