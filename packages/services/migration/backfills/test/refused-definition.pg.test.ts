import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNumber } from '@opsgraph/text';
import { describe, expect, it } from 'vitest';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill();

const once = "rows: 'true', set: 'times = times + 1', done: 'every-row-visited'";

describe('a definition', () => {
  it('that is wrong is told with every problem of every file, and none is begun', async () => {
    await project.query('CREATE TABLE t (id int PRIMARY KEY, times int)');
    await project.define('right', `table: 't', key: 'id', ${once}`);
    await project.define('a', "table: 't', key: [], rows: '', set: 'x', work: 'y', when: 1");
    await writeFile(join(project.directory, 'b.ts'), 'export default { name: ');
    await writeFile(join(project.directory, 'c.mjs'), 'export const x = 1;');
    await writeFile(join(project.directory, 'd.ts'), `export default { name: 'D', table: 't', key: 'id', ${once} };`);
    await writeFile(join(project.directory, 'e.ts'), `export default { name: 'f', table: 't', key: 'id', ${once} };`);
    const error = (await project.run().catch((reason: unknown) => reason)) as { code: string; problems: string[] };
    expect(error).toMatchObject({ code: 'BACKFILL_INVALID', exitCode: 65 });
    for (const part of [
      'a.ts: "when" is not part of a definition',
      'a.ts: rows is missing',
      'a.ts: key is missing',
      'a.ts: done is missing',
      'a.ts: give either set or work',
      'b.ts: ',
      'c.mjs: has no definition as its default export',
      'd.ts: name "D" has other characters',
      'e.ts: its name is "f", its file says "e"',
    ])
      expect(error.problems).toContainEqual(expect.stringContaining(part));
    expect(await project.query('SELECT FROM ops.backfill')).toEqual([]);
  });

  it('that does not exist is told with those that do', async () => {
    await project.define('right', `table: 't', key: 'id', ${once}`);
    await expect(project.run({ name: 'rihgt' })).rejects.toMatchObject({
      code: 'BACKFILL_UNKNOWN',
      exitCode: 64,
      hint: 'there are: right',
    });
  });

  it('whose table was renamed since it began goes on, one whose key orders its rows otherwise now does not', async () => {
    await project.query(
      'CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0, odd int NOT NULL DEFAULT 1); INSERT INTO t SELECT generate_series(1, 2000); UPDATE t SET odd = 0 WHERE id = 1500',
    );
    const of = (table: string): string =>
      `table: '${table}', key: 'id', rows: 'true', set: 'times = times + 1 / odd', done: 'every-row-visited'`;
    await project.define('moved', of('t'));
    await expect(project.run()).rejects.toMatchObject({ problems: ['in the row id = 1500'] });
    await project.query('ALTER TABLE t RENAME TO u; ALTER TABLE u ALTER id TYPE text');
    await project.define('moved', of('u'));
    await expect(project.run({ acceptChanged: true })).rejects.toMatchObject({
      code: 'BACKFILL_OTHER_TABLE',
      message: 'moved.ts: it began when the key id was integer, now it is text, which may order rows differently',
    });
    await project.query('ALTER TABLE u ALTER id TYPE bigint USING id::bigint; UPDATE u SET odd = 1');
    await project.run({ acceptChanged: true });
    expect(await project.query('SELECT times, count(*) AS rows FROM u GROUP BY times')).toEqual([
      { times: 1, rows: 2000 },
    ]);
    expect(await project.query('SELECT table_name, state FROM ops.backfill')).toEqual([
      { table_name: 'public.u', state: 'done' },
    ]);
  });

  it('that was edited since it began goes on only when that is accepted, and never on another table', async () => {
    await project.query(
      'CREATE TABLE t (id int PRIMARY KEY, times int CHECK (id <> 1500 OR times IS NULL)); CREATE TABLE u (id int PRIMARY KEY, times int); INSERT INTO t SELECT generate_series(1, 2000)',
    );
    await project.define('edited', "table: 't', key: 'id', rows: 'true', set: 'times = 1', done: 'every-row-visited'");
    await expect(project.run()).rejects.toMatchObject({ code: 'BACKFILL_FAILED' });
    const [before] = await project.query('SELECT visited::integer AS rows FROM ops.backfill');
    const done = before!['rows'] as number;
    const file = join(project.directory, 'edited.ts');
    await writeFile(file, `\ufeff${(await readFile(file, 'utf8')).replaceAll('\n', '\r\n')}`);
    await expect(project.run(), 'line ends are no edit').rejects.toMatchObject({ code: 'BACKFILL_FAILED' });
    await project.define(
      'edited',
      "table: 't', key: 'id', rows: 'id <> 1500', set: 'times = 2', done: 'every-row-visited'",
    );
    await expect(project.run()).rejects.toMatchObject({
      code: 'BACKFILL_EDITED',
      exitCode: 65,
      message: expect.stringContaining(`${formatNumber(done)} rows were done`),
    });
    await project.define('edited', "table: 'u', key: 'id', rows: 'true', set: 'times = 2', done: 'every-row-visited'");
    await expect(project.run({ acceptChanged: true })).rejects.toMatchObject({ code: 'BACKFILL_OTHER_TABLE' });
    await project.define(
      'edited',
      "table: 't', key: 'id', rows: 'id <> 1500', set: 'times = 2', done: 'every-row-visited'",
    );
    await project.run({ acceptChanged: true });
    expect(await project.query('SELECT times, count(*) AS rows FROM t GROUP BY times ORDER BY times')).toEqual([
      { times: 1, rows: done },
      { times: 2, rows: 1999 - done },
      { times: null, rows: 1 },
    ]);
  });

  it('whose file is gone though it is not done is told', async () => {
    await project.query(
      "INSERT INTO ops.backfill (name, sha256, table_name, key, batch_size, table_rows, run) VALUES ('lost', '', 't', '{id}', 1, 1, 'x')",
    );
    await project.run();
    expect(project.said).toEqual(['backfill lost has begun and is not done, but its file is gone']);
  });

  it('of a table whose rows a policy hides is refused instead of leaving them out', async () => {
    await project.query(
      `CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0); INSERT INTO t VALUES (1), (2);
       ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY first ON t USING (id = 1);
       CREATE ROLE ${project.database.name}_role; GRANT ALL ON t TO ${project.database.name}_role;
       GRANT USAGE ON SCHEMA ops TO ${project.database.name}_role; GRANT ALL ON ALL TABLES IN SCHEMA ops TO ${project.database.name}_role`,
    );
    await project.define('hidden', `table: 't', key: 'id', ${once}`);
    const { runBackfills } = await import('../src/index.ts');
    try {
      await expect(
        project.session(async (session) => {
          await session.execute(`SET ROLE ${project.database.name}_role`);
          return runBackfills(session, project.input());
        }),
      ).rejects.toMatchObject({ exitCode: 77, message: expect.stringContaining('row-level security') });
      expect(project.said).toEqual([expect.stringMatching(/cannot see others' transactions, replicas/)]);
      expect(await project.query('SELECT DISTINCT times FROM t')).toEqual([{ times: 0 }]);
    } finally {
      await project.query(`DROP OWNED BY ${project.database.name}_role; DROP ROLE ${project.database.name}_role`);
    }
  });
});
