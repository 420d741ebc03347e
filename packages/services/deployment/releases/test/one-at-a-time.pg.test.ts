import { text } from 'node:stream/consumers';
import { createTestDatabase } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { oneAtATime } from '../src/ledger/one-at-a-time.ts';

it('lets nothing of a session pass the queue', async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.adopt(await createTestDatabase(), (one) => one.drop());
  await database.session(async (session) => {
    await session.execute('CREATE TABLE t (n int)');
    const queue = oneAtATime(session);
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
