import { readFileSync } from 'node:fs';
import { secretUrl } from '@opsgraph/secrets';
import { describe, expect, it } from 'vitest';
import { withSession } from '../src/index.ts';

const settings = {
  url: secretUrl('OPS_TEST_DATABASE_URL', process.env['OPS_TEST_DATABASE_URL']!),
  applicationName: 'opsgraph test',
  lockTimeout: 0,
  statementTimeout: 0,
  connectTimeout: 10_000,
};

describe.runIf(process.platform === 'linux')('a cancellation that comes before the statement', () => {
  it('is sent again, for the server forgets it', async () => {
    const stop = new AbortController();
    await withSession({ ...settings, signal: stop.signal }, async (session) => {
      const { pid } = session.server;
      // A busy machine has not given the backend the time to read its statement.
      process.kill(pid, 'SIGSTOP');
      const sleeping = session.query('SELECT pg_sleep(60)');
      stop.abort(new Error('stopped'));
      await expect
        .poll(() => hasPending(pid))
        .toBe(true)
        .finally(() => process.kill(pid, 'SIGCONT'));
      await expect(sleeping).rejects.toThrow('stopped');
    });
  }, 15_000);
});

/** Whether the stopped process will find a SIGINT: what pg_cancel_backend sends. */
function hasPending(pid: number): boolean {
  const masks = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^(SigPnd|ShdPnd):\s*[0-9a-f]+/gm)!;
  return masks.some((mask) => (Number.parseInt(mask.split(/\s+/)[1]!, 16) & 2) !== 0);
}
