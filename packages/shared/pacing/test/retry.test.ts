import { OpsError } from '@opsgraph/errors';
import { expect, it } from 'vitest';
import { withRetries } from '../src/batch/retry.ts';
import { recordedClock } from './recorded-clock.ts';

const failure = (code: string): OpsError => new OpsError({ code, exit: 'tryLater', message: 'in the way', hint: '' });

/** What was tried and said while the first batches fail. */
async function tryIt(rows: number, failures: readonly unknown[], signal?: AbortSignal) {
  const [tried, said, clock] = [[] as number[], [] as string[], recordedClock()];
  const result = withRetries({ name: 'work', clock, info: (text) => said.push(text) }, signal, rows, async (atMost) => {
    const reason = failures[tried.length];
    tried.push(atMost);
    if (reason !== undefined) throw reason;
    return 'done';
  });
  return { result, tried, said, slept: clock.slept };
}

it.each(['LOCK_TIMEOUT', 'CONFLICT', 'STATEMENT_TIMEOUT'])(
  'after %s a batch is tried again with fewer rows',
  async (code) => {
    const { result, tried, said } = await tryIt(4000, [failure(code), failure(code)]);
    await expect(result).resolves.toBe('done');
    expect(tried).toEqual([4000, 200, 40]);
    expect(said).toEqual([
      'work: in the way; retrying with at most 200 rows',
      'work: in the way; retrying with at most 40 rows',
    ]);
  },
);

it('a small batch is tried again with a fifth of its rows, at last with one; after six attempts it fails', async () => {
  const { result, tried } = await tryIt(100, Array(9).fill(failure('CONFLICT')));
  await expect(result).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(tried).toEqual([100, 20, 4, 1, 1, 1]);
});

it('it rests twice as long before each attempt, give or take a half, so that two do not meet again', async () => {
  const all = Array(9).fill(failure('CONFLICT'));
  const [one, other] = [await tryIt(100, all), await tryIt(100, all)];
  await Promise.allSettled([one.result, other.result]);
  for (const { slept } of [one, other]) {
    expect(slept).toHaveLength(5);
    for (const [attempt, rest] of slept.entries()) {
      expect(rest).toBeGreaterThanOrEqual(100 * 2 ** attempt);
      expect(rest).toBeLessThanOrEqual(300 * 2 ** attempt);
    }
  }
  expect(one.slept).not.toEqual(other.slept);
});

it('another failure is not tried again, nor one when the task must stop', async () => {
  const [permission, bug] = [failure('PERMISSION_DENIED'), new Error('bug')];
  for (const reason of [permission, bug]) {
    const { result, tried } = await tryIt(100, [reason]);
    await expect(result).rejects.toBe(reason);
    expect(tried).toEqual([100]);
  }
  const { result, tried } = await tryIt(100, [failure('CONFLICT')], AbortSignal.abort(new Error('stopped')));
  await expect(result).rejects.toThrow('stopped');
  expect(tried).toEqual([100]);
});
