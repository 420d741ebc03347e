import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copySandbox, createSandbox, laterSteps, type Sandbox } from './sandbox.ts';

let here: Sandbox;
beforeAll(async () => {
  here = await createSandbox(['one', 'two']);
  here.configure({ leaseExpiry: '10s', smoke: ['/queue'] });
});
afterAll(() => here[Symbol.asyncDispose]());

const ways = /resume: pnpm turbo run deploy:local; or roll back: pnpm --filter deployment run rollback:local/;
const nothingToResume = { code: 77, stderr: expect.stringContaining('no deployment to local is unfinished') };

/** Ends a deployment when the first host has the release, and the second has just been switched to it. */
async function endInRollout(version: string, signal: NodeJS.Signals) {
  const before = here.current('one');
  here.write(version, 'two');
  await here.steps(['release', 'preflight', '../migration/migrate']);
  const rollout = here.start('rollout');
  await until(() => here.current('two') !== before);
  rollout.child.kill(signal);
  return { ...(await rollout.ended), before, after: here.current('one') };
}

it('says which host has what and both ways on when it is interrupted, and goes on with --resume', async () => {
  await here.deploy('1');
  const { code, stderr, before, after } = await endInRollout('2', 'SIGINT');
  const reach = [`one: has ${after}`, `two: was being switched, has ${before} or ${after}`];
  expect(code).toBe(130);
  for (const line of reach) expect(stderr).toContain(line);
  expect(stderr).toMatch(ways);

  const status = await here.task('status');
  expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(ways) });
  for (const line of reach) expect(status.stdout).toContain(line);

  here.write('3');
  await here.task('release');
  // also the second time: what was refused is nothing to continue with
  for (const _ of ['first', 'second'])
    expect(await here.task('preflight', ['--resume'])).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('the unfinished deployment was of release'),
    });
  here.write('2', 'two');
  await here.task('release');
  expect(await here.task('preflight', ['--resume'])).toMatchObject({ code: 0 });
  expect((await here.steps(laterSteps)).at(-1)).toBe('0 changed');
  expect(await here.answers()).toEqual(['2', '2']);
  expect(await here.task('status')).toMatchObject({ code: 0 });
  expect(await here.task('preflight', ['--resume'])).toMatchObject(nothingToResume);
}, 180_000);

it('goes back after a death, saying how far it had come, and then there is nothing to go on with', async () => {
  await here.deploy('4');
  const { after } = await endInRollout('5', 'SIGKILL');
  const back = await here.task('rollback');
  expect(back).toMatchObject({ code: 0, stderr: expect.stringMatching(/a deploy of .* did not finish .*abandoned/) });
  expect(back.stderr).toContain(`one: has ${after}`);
  expect(await here.answers()).toEqual(['4', '4']);
  expect(await here.task('preflight', ['--resume'])).toMatchObject(nothingToResume);
  // gone back, and still not well: that is no success
  const full = join(here.place.root, 'one', 'full');
  writeFileSync(full, '');
  const ill = await here.task('rollback', ['--to', here.current('one')!]);
  rmSync(full);
  expect(ill).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('which is not healthy: one: /queue answered 500'),
  });
}, 180_000);

it('keeps a second machine waiting until the last step, or sends it away with the name of the first', async () => {
  await here.deploy('6');
  await using there = await copySandbox(here);
  here.write('7');
  await here.steps(['release', 'preflight']);
  there.write('8');
  await there.task('release');
  expect(await there.task('preflight', ['--lock-wait', '200ms'])).toMatchObject({
    code: 75,
    stderr: expect.stringMatching(/a deployment of .* on .* is under way/),
  });
  expect(await there.task('rollout')).toMatchObject({ code: 77, stderr: expect.stringContaining('belongs to') });
  const waiting = there.start('preflight', ['--lock-wait', '3m']);
  await waiting.shows('waiting for the deployment of');
  expect((await here.steps(laterSteps)).at(-1)).toBe('0 changed');
  expect(await waiting.ended).toMatchObject({ code: 0 });
  expect((await there.steps(laterSteps)).at(-1)).toBe('0 changed');
  expect(await here.answers()).toEqual(['8', '8']);
}, 180_000);
