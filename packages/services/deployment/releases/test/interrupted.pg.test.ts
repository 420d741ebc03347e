import { Interrupted } from '@opsgraph/errors';
import { until } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { rollbackRelease } from '../src/index.ts';
import { createFleet, schema } from './fleet.ts';

it('does not leave a host out of service when it is interrupted between the end of the old release and the start of the new', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const [first, second] = [await fleet.build('lingers', '1'), await fleet.build('lingers', '2')];
  await fleet.deploy(first);
  const stop = new AbortController();
  const interrupted = expect(fleet.deploy(second, { signal: stop.signal })).rejects.toMatchObject({
    code: 'INTERRUPTED',
    exitCode: 130,
    problems: [`one: was being switched, has ${first.manifest.id} or ${second.manifest.id}`],
  });
  const answers = (): Promise<boolean> =>
    fleet.ask('one').then(
      () => true,
      () => false,
    );
  await until(async () => !(await answers()));
  stop.abort(new Interrupted('SIGINT'));
  await interrupted;
  await until(answers);
  expect(await fleet.ask('one')).toMatchObject({ version: '2' });
  expect(await fleet.deploy(second)).toEqual([]);
});

it('goes on with a rollback that was interrupted, not back to the release that it was leaving', async () => {
  const rollout = { canary: 0, batch: 1, maxUnavailable: 1, stopAfter: 1 };
  await using fleet = await createFleet({ hosts: ['one', 'two'], settings: { rollout } });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  for (const release of [first, second]) await fleet.deploy(release);
  const stop = new AbortController();
  const info = (text: string): void => {
    if (text.startsWith('one: release')) stop.abort(new Interrupted('SIGINT'));
  };
  const back = (more = {}) => fleet.on((context) => rollbackRelease(context, undefined, schema), more);
  await expect(back({ signal: stop.signal, info })).rejects.toMatchObject({
    code: 'INTERRUPTED',
    hint: expect.stringContaining(`resume: pnpm --filter deployment run rollback:staging --to ${first.manifest.id}`),
  });
  expect([await fleet.ask('one'), await fleet.ask('two')]).toMatchObject([{ version: '1' }, { version: '2' }]);
  // once more, when it has switched the last host
  const late = new AbortController();
  const lateInfo = (text: string): void => {
    if (text.startsWith('two: release')) late.abort(new Interrupted('SIGINT'));
  };
  await expect(back({ signal: late.signal, info: lateInfo })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(await back()).toMatchObject({ release: first.manifest.id, from: [second.manifest.id], changed: [] });
  await expect(back()).rejects.toMatchObject({ code: 'NO_RELEASE_TO_ROLL_BACK_TO' });
  expect([await fleet.ask('one'), await fleet.ask('two')]).toMatchObject([{ version: '1' }, { version: '1' }]);
});
