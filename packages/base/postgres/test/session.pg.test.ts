import { secretUrl } from '@opsgraph/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionSettings,
  identifier,
  knexOn,
  literal,
  type Session,
  serverHas,
  withSession,
} from '../src/index.ts';

// A schema of its own on the cluster of this test run. @opsgraph/testing stands on this package, so it cannot be used here.
const schema = `session_${process.pid}`;
const settings: ConnectionSettings = {
  url: secretUrl('DATABASE_URL', process.env['OPS_TEST_DATABASE_URL']!),
  applicationName: `session test ${process.pid}`,
  lockTimeout: 500,
  statementTimeout: 10_000,
  connectTimeout: 5000,
};
const session = <T>(work: (session: Session) => Promise<T>, change: Partial<ConnectionSettings> = {}): Promise<T> =>
  withSession({ ...settings, ...change }, work);

beforeAll(() =>
  session((admin) =>
    admin.execute(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.t (id bigint PRIMARY KEY, text text)`),
  ),
);
afterAll(() => session((admin) => admin.execute(`DROP SCHEMA ${schema} CASCADE`)));

describe('a session', () => {
  it('parses a statement once that it is asked again and again', async () => {
    await session(async (one) => {
      const sum = (values: unknown[]) => one.queryAgain('SELECT $1::integer + $2::integer AS sum', values);
      expect([await sum([1, 2]), await sum([3, 4])]).toEqual([[{ sum: 3 }], [{ sum: 7 }]]);
      expect([await one.queryAgain('SELECT 1 AS one'), await one.queryAgain('SELECT 1 AS one')]).toEqual([
        [{ one: 1 }],
        [{ one: 1 }],
      ]);
      await expect(sum(['x', 1])).rejects.toThrow('invalid input syntax for type integer');
      expect(await sum([5, 6])).toEqual([{ sum: 11 }]);
      expect(
        await one.query('SELECT statement FROM pg_prepared_statements WHERE from_sql IS FALSE ORDER BY prepare_time'),
      ).toEqual([{ statement: 'SELECT $1::integer + $2::integer AS sum' }, { statement: 'SELECT 1 AS one' }]);
    });
  });

  it('sets its timeouts and its name', async () => {
    await session(async (one) => {
      const [row] = await one.query(
        "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement, current_setting('application_name') AS name",
      );
      expect(row).toEqual({ lock: '500ms', statement: '10s', name: settings.applicationName });
    });
  });

  it.each([
    ['idle_in_transaction_session_timeout', '5s', '0'],
    ['default_transaction_isolation', 'serializable', 'read committed'],
    ['standard_conforming_strings', 'off', 'on'],
    ['DateStyle', 'German', 'ISO, YMD'],
    ['array_nulls', 'off', 'on'],
    ['transaction_timeout', '5s', '0'],
  ])('means and lasts the same whatever role and database have set: %s = %s', async (name, given, expected) => {
    const url = new URL(settings.url.reveal());
    await session(async (plain) => {
      if (name === 'transaction_timeout' && !serverHas(plain.server.version, name)) return;
      url.searchParams.set('options', `-c ${name}=${given}`);
      await session(
        async (one) => {
          expect(await one.query('SELECT current_setting($1) AS now', [name])).toEqual([{ now: expected }]);
          await one.execute(`RESET ${name}`);
          expect(await one.query('SELECT current_setting($1) AS now', [name])).not.toEqual([{ now: expected }]);
        },
        { url: secretUrl('DATABASE_URL', url.href) },
      );
    });
  });

  it('is noticed by the server as gone when its machine vanishes, within a minute', async () => {
    await session(async (one) => {
      const [row] = await one.query<{ idle: string; interval: string }>(
        "SELECT current_setting('tcp_keepalives_idle') AS idle, current_setting('tcp_keepalives_interval') AS interval",
      );
      expect(row).toEqual({ idle: '10', interval: '5' });
    });
  });

  it('returns bigint as a number while that is exact, then as a BigInt', async () => {
    await session(async (one) => {
      expect(await one.query('SELECT 9007199254740991::bigint AS a, 9007199254740993::bigint AS b')).toEqual([
        { a: 9007199254740991, b: 9007199254740993n },
      ]);
    });
  });

  it('rolls back what fails, and keeps the outer work of a failed inner transaction', async () => {
    await session(async (one) => {
      await one.transaction(async () => {
        await one.execute(`INSERT INTO ${schema}.t VALUES (1, 'outer')`);
        const inner = one.transaction(async () => {
          await one.execute(`INSERT INTO ${schema}.t VALUES (2, 'inner')`);
          throw new Error('inner');
        });
        await expect(inner).rejects.toThrow('inner');
      });
      expect(await one.query(`SELECT text FROM ${schema}.t`)).toEqual([{ text: 'outer' }]);
      await one.execute(`TRUNCATE ${schema}.t`);
    });
  });

  it('cancels the running statement when it is told to stop, and begins no other', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const work = session(
      async (one) => {
        setTimeout(() => controller.abort(reason), 100);
        await one.query('SELECT pg_sleep(30)').catch(() => {});
        await one.query('SELECT 1');
      },
      { signal: controller.signal },
    );
    const begun = performance.now();
    await expect(work).rejects.toBe(reason);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('says that a statement took too long, or a table stayed locked', async () => {
    await expect(session((one) => one.query('SELECT pg_sleep(5)'), { statementTimeout: 100 })).rejects.toMatchObject({
      code: 'STATEMENT_TIMEOUT',
      exitCode: 124,
    });
    await session((holder) =>
      holder.transaction(async () => {
        await holder.execute(`LOCK TABLE ${schema}.t`);
        await expect(session((one) => one.query(`SELECT * FROM ${schema}.t`))).rejects.toMatchObject({
          code: 'LOCK_TIMEOUT',
          exitCode: 75,
        });
      }),
    );
  });

  it('says that its connection was lost', async () => {
    await session(async (one) => {
      await session((other) => other.query('SELECT pg_terminate_backend($1)', [one.server.pid]));
      await expect(one.query('SELECT pg_sleep(1)')).rejects.toMatchObject({ code: 'CONNECTION_LOST', exitCode: 69 });
    });
  });

  it('copies rows in and out', async () => {
    await session(async (one) => {
      expect(await one.copyIn(`COPY ${schema}.t FROM STDIN`, ['1\ta\n', '2\tb\n'])).toBe(2);
      let text = '';
      for await (const chunk of await one.copyOut(`COPY (SELECT * FROM ${schema}.t ORDER BY id) TO STDOUT`))
        text += chunk;
      expect(text).toBe('1\ta\n2\tb\n');
      await one.execute(`TRUNCATE ${schema}.t`);
    });
  });

  it('leaves no backend behind', async () => {
    await session(async () => {}, { applicationName: `gone ${process.pid}` });
    expect(
      await session((one) =>
        one.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [`gone ${process.pid}`]),
      ),
    ).toEqual([]);
  });
});

describe('knex on a session', () => {
  it('works in the same transaction as the session', async () => {
    await session(async (one) => {
      const knex = await knexOn(one);
      await one
        .transaction(async () => {
          await knex.withSchema(schema).table('t').insert({ id: 5, text: 'knex' });
          expect(await one.query(`SELECT text FROM ${schema}.t`)).toEqual([{ text: 'knex' }]);
          throw new Error('back');
        })
        .catch(() => {});
      expect(await knex.withSchema(schema).table('t')).toEqual([]);
      await knex.destroy();
    });
  });

  it('gives what stock knex gives: values by the driver, and which database it is', async () => {
    await session(async (one) => {
      const knex = await knexOn(one);
      expect((await knex.raw('SELECT 7::bigint AS big, count(*) FROM generate_series(1, 3)')).rows).toEqual([
        { big: '7', count: '3' },
      ]);
      const { config, connectionSettings } = knex.client;
      expect([config.client, connectionSettings.database, config.connection.port]).toEqual([
        'pg',
        one.server.database,
        one.server.port,
      ]);
      await knex.transaction(async (inside) => expect(inside.client.config.client).toBe('pg'));
      await knex.destroy();
    });
  });
});

describe('text for SQL', () => {
  it('is quoted so that the server reads it back as it was', async () => {
    const hostile = ['plain', "it's", 'back\\slash', '"double"', "\\'; DROP TABLE t; --", 'ünïcode\n'];
    await session(async (one) => {
      for (const text of hostile) {
        const sql = `SELECT ${literal(text)} AS ${identifier(text)}`;
        expect(await one.query(sql)).toEqual([{ [text]: text }]);
      }
    });
  });
});
