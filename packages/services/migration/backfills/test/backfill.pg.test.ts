import { describe, expect, it } from 'vitest';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill();

const record = async () => (await project.query('SELECT * FROM ops.backfill'))[0];

async function createRows(count: number): Promise<void> {
  await project.query(
    `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0, note text);
     INSERT INTO t (id) SELECT n * 7 FROM generate_series(1, ${count}) AS n`,
  );
}

const once = "table: 't', key: 'id', rows: 'true', set: 'times = times + 1', done: 'every-row-visited'";

describe('a backfill', () => {
  it('does every row once, though the key has gaps, and then has nothing to do', async () => {
    await createRows(5000);
    await project.define('count', once);
    expect(await project.run()).toMatchObject({
      results: [{ name: 'count', table: 'public.t', visited: 5000, worked: 5000 }],
    });
    expect(await project.times()).toEqual([{ times: 1, rows: 5000 }]);
    expect(await record()).toMatchObject({ state: 'done', visited: 5000, worked: 5000, cursor: ['35000'] });
    expect(await project.run()).toEqual({ results: [], paused: [] });
    expect(await project.times()).toEqual([{ times: 1, rows: 5000 }]);
  });

  it('works on the rows that the condition names, and looks at all', async () => {
    await createRows(3000);
    await project.define(
      'even',
      `table: 't', key: 'id', rows: 'id % 2 = 0', set: "note = 'even'", done: 'every-row-visited'`,
    );
    expect(await project.run()).toMatchObject({ results: [{ visited: 3000, worked: 1500 }] });
    expect(
      await project.query(
        'SELECT note, count(*) AS rows, count(*) FILTER (WHERE id % 2 = 0) AS even FROM t GROUP BY note ORDER BY note',
      ),
    ).toEqual([
      { note: 'even', rows: 1500, even: 1500 },
      { note: null, rows: 1500, even: 0 },
    ]);
  });

  it('gives an SQL statement the keys of its batch', async () => {
    await createRows(2500);
    await project.query('CREATE TABLE copy (id bigint)');
    await project.define(
      'copy',
      `table: 't', key: 'id', rows: 'id > 7000', work: 'INSERT INTO copy SELECT unnest($1::bigint[])', done: 'every-row-visited'`,
    );
    await project.run();
    expect(
      await project.query('SELECT count(*) AS rows, count(DISTINCT id) AS ids, min(id) AS least FROM copy'),
    ).toEqual([{ rows: 1500, ids: 1500, least: 7007 }]);
  });

  it('gives a function the session and the keys, exactly as PostgreSQL writes them', async () => {
    await project.query(
      `CREATE TABLE t (at timestamptz, id numeric(30, 5), times integer NOT NULL DEFAULT 0, PRIMARY KEY (at, id));
       INSERT INTO t SELECT '2026-01-01'::timestamptz + n / 3 * interval '1 microsecond', 12345678901234567890.12345 + n FROM generate_series(1, 2400) AS n;
       ALTER DATABASE ${project.database.name} SET DateStyle = 'SQL, DMY'; ALTER DATABASE ${project.database.name} SET TimeZone = 'Asia/Kathmandu'`,
    );
    await project.define(
      'exact',
      `table: 't', key: ['at', 'id'], rows: 'true', done: 'every-row-visited',
       work: (session, keys) => session.execute(
         'UPDATE t SET times = times + 1 FROM unnest($1::timestamptz[], $2::numeric[]) AS k (at, id) WHERE (t.at, t.id) = (k.at, k.id)',
         [keys.map(({ at }) => at), keys.map(({ id }) => id)])`,
    );
    expect(await project.run()).toMatchObject({ results: [{ visited: 2400, worked: 2400 }] });
    expect(await project.times()).toEqual([{ times: 1, rows: 2400 }]);
  });

  const values: Record<string, string> = {
    text: "'k\\' || n",
    bytea: "decode(md5(n::text), 'hex')",
    timestamptz: "'2026-01-01'::timestamptz + n * interval '1 microsecond'",
  };
  it.each(Object.keys(values))(
    'means what its service means by it, whatever the database has set, with a key of type %s',
    async (type) => {
      await project.query(
        `CREATE TABLE t ("Key" ${type} PRIMARY KEY, note text);
         INSERT INTO t SELECT ${values[type]} FROM generate_series(100, 1300) AS n`,
      );
      for (const setting of [
        "standard_conforming_strings = 'off'",
        "DateStyle = 'German'",
        "bytea_output = 'escape'",
        "quote_all_identifiers = 'on'",
        "array_nulls = 'off'",
        "default_transaction_isolation = 'serializable'",
      ])
        await project.query(`ALTER DATABASE ${project.database.name} SET ${setting}`);
      await project.define(
        'told',
        `table: 't', key: 'Key', rows: 'note IS NULL', set: "note = 'a\\\\nb'", done: 'no-row-left'`,
      );
      expect(await project.run()).toMatchObject({ results: [{ worked: 1201 }] });
      expect(await project.query('SELECT DISTINCT note FROM t')).toEqual([{ note: 'a\nb' }]);
    },
  );

  it.each([
    ['text', 'md5(n::text)'],
    ['uuid', 'md5(n::text)::uuid'],
    ['double precision', 'n / 7.0'],
    ['bytea', "decode(md5(n::text), 'hex')"],
    ['character(9)', "'k' || n"],
    ['interval', "n * interval '1 hour 3 days'"],
    ['"Mood"', '(\'m\' || n % 7)::"Mood"'],
  ])('goes through a key of type %s', async (type, value) => {
    await project.query(
      `CREATE TYPE "Mood" AS ENUM ('m6', 'm5', 'm4', 'm3', 'm2', 'm1', 'm0');
       CREATE TABLE t ("Key" ${type}, n integer, times integer NOT NULL DEFAULT 0, PRIMARY KEY ("Key", n));
       INSERT INTO t SELECT ${value}, n FROM generate_series(1, 2200) AS n`,
    );
    await project.define(
      'typed',
      `table: 't', key: ['Key', 'n'], rows: 'true', set: 'times = times + 1', done: 'every-row-visited'`,
    );
    await project.run({ batchTime: 5 });
    expect(await project.times()).toEqual([{ times: 1, rows: 2200 }]);
  });

  it('goes through a partitioned table of another schema', async () => {
    await project.query(
      `CREATE SCHEMA app; CREATE TABLE app.t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0) PARTITION BY RANGE (id);
       CREATE TABLE app.a PARTITION OF app.t FOR VALUES FROM (0) TO (900); CREATE TABLE app.b PARTITION OF app.t DEFAULT;
       INSERT INTO app.t SELECT n FROM generate_series(1, 3000) AS n`,
    );
    await project.define('parts', once.replace("'t'", "'app.t'"));
    await project.run();
    expect(await project.query('SELECT times, count(*) AS rows FROM app.t GROUP BY times')).toEqual([
      { times: 1, rows: 3000 },
    ]);
  });

  it('is done at once on an empty table', async () => {
    await createRows(0);
    await project.define('count', once);
    expect(await project.run()).toMatchObject({ results: [{ visited: 0, worked: 0 }] });
    expect(await record()).toMatchObject({ state: 'done', bound: null });
  });
});

describe('being done', () => {
  it('with no-row-left: further passes find what came behind the cursor', async () => {
    await createRows(3000);
    // The first batch makes a row that the pass has gone by already.
    await project.query(
      `CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING; RETURN NEW; END';
       CREATE TRIGGER late AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.id = 20993) EXECUTE FUNCTION late()`,
    );
    await project.define(
      'rest',
      `table: 't', key: 'id', rows: 'times = 0', set: 'times = times + 1', done: 'no-row-left'`,
    );
    expect(await project.run()).toMatchObject({ results: [{ worked: 3001 }] });
    expect(await project.times()).toEqual([{ times: 1, rows: 3001 }]);
    expect(await record()).toMatchObject({ state: 'done', pass: 3 });
  });

  it('with no-row-left: refuses work that leaves the rows as they were', async () => {
    await createRows(10);
    await project.define('idle', `table: 't', key: 'id', rows: 'times = 0', set: "note = 'x'", done: 'no-row-left'`);
    await expect(project.run()).rejects.toMatchObject({ code: 'BACKFILL_WITHOUT_EFFECT', exitCode: 65 });
    await project.define(
      'idle',
      `table: 't', key: 'id', rows: 'times = 0', work: 'SELECT $1::bigint[]', done: 'no-row-left'`,
    );
    await expect(project.run({ acceptChanged: true })).rejects.toMatchObject({ code: 'BACKFILL_WITHOUT_EFFECT' });
    expect(await project.query('SELECT count(note) AS notes FROM t')).toEqual([{ notes: 0 }]);
  });

  it('with a condition of its own: fails until it is true', async () => {
    await createRows(10);
    await project.define(
      'checked',
      `table: 't', key: 'id', rows: 'id > 7', set: 'times = 1', done: { sql: 'NOT EXISTS (SELECT FROM t WHERE times = 0)' }`,
    );
    await expect(project.run()).rejects.toMatchObject({ code: 'BACKFILL_NOT_DONE', exitCode: 1 });
    await project.query('UPDATE t SET times = 1');
    expect(await project.run()).toMatchObject({ results: [{ visited: 0 }] });
    expect(await record()).toMatchObject({ state: 'done' });
  });
});

describe('a batch that fails', () => {
  it('is rolled back with its cursor; those before it stand, and the next run goes on there', async () => {
    await createRows(5000);
    await project.query('ALTER TABLE t ADD CONSTRAINT odd CHECK (id <> 28007 OR times = 0)');
    await project.define('count', once);
    await expect(project.run({ batchTime: 20 })).rejects.toMatchObject({
      code: 'BACKFILL_FAILED',
      exitCode: 1,
      message: expect.stringContaining('violates check constraint "odd"'),
    });
    const { cursor, worked } = (await record()) as { cursor: string[]; worked: number };
    expect(await project.query(`SELECT count(*) AS rows, max(id) AS last FROM t WHERE times = 1`)).toEqual([
      { rows: worked, last: Number(cursor[0]) },
    ]);
    await project.query('ALTER TABLE t DROP CONSTRAINT odd');
    await project.run();
    expect(await project.times()).toEqual([{ times: 1, rows: 5000 }]);
  });

  it('because the work threw: says what it said', async () => {
    await createRows(10);
    await project.define(
      'throws',
      `table: 't', key: 'id', rows: 'true', work: async () => { throw new Error('no rate for XAU'); }, done: 'every-row-visited'`,
    );
    await expect(project.run()).rejects.toMatchObject({
      code: 'BACKFILL_FAILED',
      message: expect.stringContaining('no rate for XAU'),
    });
  });

  it.each(['COMMIT', ' rollback;', 'BEGIN', 'End'])('because the work would end its transaction by %s', async (sql) => {
    await createRows(10);
    const update = "await session.execute('UPDATE t SET times = times + 1')";
    await project.define(
      'commits',
      `table: 't', key: 'id', rows: 'true', work: async (session) => { ${update}; await session.execute('${sql}'); }, done: 'every-row-visited'`,
    );
    await expect(project.run()).rejects.toMatchObject({
      code: 'BACKFILL_ENDED_TRANSACTION',
      message: expect.stringContaining('work would end the transaction of its batch; this batch was rolled back'),
    });
    expect(await project.times()).toEqual([{ times: 0, rows: 10 }]);
  });

  it('because the work ended its transaction past the session: says what is uncertain', async () => {
    await createRows(10);
    await project.define(
      'commits',
      `table: 't', key: 'id', rows: 'true', work: (session) => session.client.query('COMMIT'), done: 'every-row-visited'`,
    );
    await expect(project.run()).rejects.toMatchObject({
      code: 'BACKFILL_ENDED_TRANSACTION',
      message: expect.stringContaining('work ended the transaction of its batch'),
    });
  });

  it('not because a part of it was rolled back to a savepoint', async () => {
    await createRows(10);
    await project.define(
      'saves',
      `table: 't', key: 'id', rows: 'true', done: 'every-row-visited', work: async (session) => {
         await session.execute('SAVEPOINT here; UPDATE t SET times = 9');
         await session.execute('ROLLBACK TO here');
         await session.transaction(() => session.execute('SELECT 1 / 0')).catch(() => {});
         await session.execute('UPDATE t SET times = times + 1');
       }`,
    );
    await project.run();
    expect(await project.times()).toEqual([{ times: 1, rows: 10 }]);
  });

  it('because it changes the key, so that a row could be met twice', async () => {
    await createRows(2000);
    await project.define(
      'moves',
      `table: 't', key: 'id', rows: 'true', set: 'id = id + 100000', done: 'every-row-visited'`,
    );
    await expect(project.run()).rejects.toMatchObject({ code: 'BACKFILL_KEY_MOVED' });
    expect(await project.query('SELECT max(id) AS last FROM t')).toEqual([{ last: 14_000 }]);
  });
});
