import { Interrupted } from '@opsgraph/errors';
import { expect, it } from 'vitest';
import { createFleet } from './fleet.ts';
import { until } from './until.ts';

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
