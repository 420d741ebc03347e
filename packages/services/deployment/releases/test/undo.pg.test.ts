import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OpsError } from '@opsgraph/errors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deployRelease, openDeployment } from '../src/index.ts';
import { createFleet, type Fleet, openingOf, schema } from './fleet.ts';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await createFleet({ hosts: ['one'] });
});
afterEach(() => fleet[Symbol.asyncDispose]());

it('goes back when the new release is ill, hangs, lies about its release, ends, flaps or never comes to an end', async () => {
  // mostly waiting, so each has hosts of its own, and all wait at once
  await Promise.all(
    (
      [
        ['exits', 'it ended with 3 after', ['the service ended with 3 after']],
        ['ill', 'answered 503', []],
        ['hangs', 'no answer within 1500 ms', []],
        ['lies', 'answers as release of yesterday', []],
        ['flaps', 'did not become healthy', []],
        ['endless', 'does not name its release', []],
      ] as const
    ).map(([behaviour, says, words]) => goesBack(behaviour, says, words)),
  );
});

async function goesBack(behaviour: string, says: string, words: readonly string[]): Promise<void> {
  await using own = await createFleet({ hosts: ['one'], health: { timeout: 1500 } });
  const good = await own.build('well');
  await own.deploy(good);
  const error = await own.deploy(await own.build(behaviour)).catch((thrown: unknown) => thrown);
  expect(error, behaviour).toMatchObject({
    code: 'ROLLOUT_FAILED',
    exitCode: 1,
    message: expect.stringContaining(says),
  });
  // what the service said, and not what the one before it had said
  const { problems } = error as OpsError;
  expect(problems.slice(-1)).toEqual([`one has ${good.manifest.id} again, and is healthy`]);
  expect([...new Set(problems.slice(0, -1))], behaviour).toEqual(
    words.length === 0 ? [] : expect.arrayContaining(words.map((word) => expect.stringContaining(word))),
  );
  expect(await own.ask('one')).toMatchObject({ release: good.manifest.id });
  // and the lease is free: the next deployment begins at once
  expect(await own.deploy(await own.build('well', 'better'))).toEqual(['one']);
}

it('leaves nothing running when the first release of all fails', async () => {
  fleet.settings.health.deadline = 2000;
  await expect(fleet.deploy(await fleet.build('ill'))).rejects.toMatchObject({ code: 'ROLLOUT_FAILED' });
  expect(existsSync(join(fleet.root('one'), 'current'))).toBe(false);
  await expect(fleet.ask('one')).rejects.toThrow();
});

it('goes back when the smoke checks fail', async () => {
  const good = await fleet.build('well', '1');
  await fleet.deploy(good);
  fleet.settings.smoke = ['/broken'] as never;
  await expect(fleet.deploy(await fleet.build('well', '2'))).rejects.toMatchObject({
    code: 'NOT_VERIFIED',
    problems: ['one: /broken answered 500', `one has ${good.manifest.id} again, and is healthy`],
  });
  expect(await fleet.ask('one')).toMatchObject({ version: '1' });
});

it('goes back to the last release in good order, not to what a deployment that died has left', async () => {
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  const back = expect.arrayContaining([`one has ${first.manifest.id} again, and is healthy`]);
  async function dieBeforeVerify(): Promise<void> {
    await fleet.on((context) => openDeployment(context, openingOf(second)));
    await fleet.on((context) => deployRelease(context, second, schema));
    await fleet.database.session((session) =>
      session.execute("UPDATE ops.lease SET expires_at = clock_timestamp() - interval '1 s'"),
    );
    expect(await fleet.ask('one')).toMatchObject({ version: '2' });
  }

  await dieBeforeVerify();
  await expect(fleet.deploy(await fleet.build('ill'))).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
    problems: back,
  });
  expect(await fleet.ask('one')).toMatchObject({ version: '1' });
  // also when it is the same release, which needs no switch any more
  await dieBeforeVerify();
  fleet.settings.smoke = ['/broken'];
  await expect(fleet.deploy(second)).rejects.toMatchObject({ code: 'NOT_VERIFIED', problems: back });
  expect(await fleet.ask('one')).toMatchObject({ version: '1' });
});
