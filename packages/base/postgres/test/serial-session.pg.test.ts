import { text } from 'node:stream/consumers';
import { secretUrl } from '@opsgraph/secrets';
import { expect, it } from 'vitest';
import { serialSession, withSession } from '../src/index.ts';

const settings = {
  url: secretUrl('DATABASE_URL', process.env['OPS_TEST_DATABASE_URL']!),
  applicationName: `serial session test ${process.pid}`,
  lockTimeout: 500,
  statementTimeout: 10_000,
  connectTimeout: 5000,
};

it('lets nothing of a session pass the queue', async () => {
  await withSession(settings, async (session) => {
    await session.execute('CREATE TEMP TABLE t (n int)');
    const queue = serialSession(session);
    // each sees what was written by all before it, also by one that takes longer
    const [, , counted, , copied, again] = await Promise.all([
      queue.query('SELECT pg_sleep(0.1)'),
      queue.copyIn('COPY t FROM STDIN', ['1\n', '2\n']),
      queue.queryAgain<{ n: number }>('SELECT count(*)::int AS n FROM t'),
      queue.execute('INSERT INTO t VALUES (3)'),
      queue.copyOut('COPY t TO STDOUT').then(text),
      queue.queryAgain<{ n: number }>('SELECT count(*)::int AS n FROM t'),
    ]);
    expect({ counted, copied, again }).toEqual({ counted: [{ n: 2 }], copied: '1\n2\n3\n', again: [{ n: 3 }] });
    expect(Object.keys(queue).toSorted()).toEqual(Object.keys(session).toSorted());
  });
});
