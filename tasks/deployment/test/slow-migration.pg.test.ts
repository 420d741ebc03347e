import { afterAll, beforeAll, expect, it } from 'vitest';
import { copySandbox, createSandbox, type Sandbox } from './sandbox.ts';

let here: Sandbox;
beforeAll(async () => {
  here = await createSandbox(['one']);
});
afterAll(() => here[Symbol.asyncDispose]());

it('keeps its lease through a migration that takes longer than the lease', async () => {
  const short = { leaseExpiry: '5s' };
  here.configure(short);
  expect(await here.deploy('1')).not.toContainEqual(expect.stringMatching(/^[^0]/));
  await using there = await copySandbox(here);
  there.configure(short);
  there.write('other');
  expect(await there.task('release')).toMatchObject({ code: 0 });

  here.project.write(
    'tasks/migration/migrations/20250102000000_slow.sql',
    '-- migrate:up\nSELECT pg_sleep(9);\nCREATE TABLE slow (a int);\n',
  );
  here.write('2');
  expect(await here.steps(['release', 'preflight'])).toEqual(['0 ok', '0 ok']);
  const migrating = here.start('../migration/migrate');
  // longer than the lease, and it begins after the lease was taken
  expect(await there.task('preflight', ['--lock-wait', '7s'])).toMatchObject({
    code: 75,
    stderr: expect.stringMatching(/a deployment of .* on .* is under way/),
  });
  expect(migrating.child.exitCode).toBeNull();
  expect(await migrating.ended).toMatchObject({ code: 0 });
  expect(await here.steps(['rollout', 'verify', 'deploy'])).toEqual(['0 changed', '0 changed', '0 changed']);
  expect(await here.answers()).toEqual(['2']);
}, 120_000);
