import { expect, it } from 'vitest';
import { createSandbox } from './sandbox.ts';

/** Nothing listens there. */
const outage = { DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/gone' };

it('tells, goes back and stops when the database cannot be reached', async () => {
  await using sandbox = await createSandbox(['here']);
  await sandbox.deploy('1');
  const first = sandbox.current('here')!;
  await sandbox.deploy('2');
  const status = await sandbox.task('status', [], outage);
  expect(status).toMatchObject({ code: 1 });
  expect(status.stdout + status.stderr).toMatch(/here .*healthy[\s\S]*rollback:local --without-ledger --to RELEASE/);
  const back = `pnpm --filter deployment run rollback:local --without-ledger --to ${first}`;
  expect(await sandbox.task('rollback', ['--to', first], outage)).toMatchObject({
    code: 69,
    stderr: expect.stringContaining(back),
  });
  expect(await sandbox.task('rollback', ['--to', first, '--without-ledger'], outage)).toMatchObject({ code: 0 });
  expect(sandbox.current('here')).toBe(first);
  expect(await sandbox.task('stop', [], outage)).toMatchObject({
    code: 69,
    stderr: expect.stringContaining('stop:local --without-ledger'),
  });
  expect(await sandbox.task('stop', ['--without-ledger'], outage)).toMatchObject({ code: 0 });
}, 180_000);
