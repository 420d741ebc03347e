import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rollbackRelease } from '../src/index.ts';
import { createFleet, type Fleet, schema } from './fleet.ts';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await createFleet({ hosts: ['one', 'two'] });
});
afterEach(() => fleet[Symbol.asyncDispose]());

const only = (host: string) => ({
  settings: { ...fleet.settings, hosts: { [host]: fleet.settings.hosts[host]! } },
});

it('a path that is not there fails a smoke check, one that wants a login does not', async () => {
  fleet.settings.smoke = ['/login'];
  await fleet.deploy(await fleet.build('well', '1'), only('one'));
  fleet.settings.smoke = ['/login', '/missing'];
  await expect(fleet.deploy(await fleet.build('well', '2'), only('one'))).rejects.toMatchObject({
    code: 'NOT_VERIFIED',
    problems: expect.arrayContaining(['one: /missing answered 404']),
  });
  expect(await fleet.ask('one')).toMatchObject({ version: '1' });
});

it('a failed smoke check leaves a host alone that the deployment had not changed', async () => {
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.deploy(second, only('two'));
  const process = () =>
    readFile(join(fleet.root('two'), `.ops/service/${fleet.settings.hosts['two']!.port}/pid`), 'utf8');
  const before = await process();
  fleet.settings.smoke = ['/broken'];
  await expect(fleet.deploy(second)).rejects.toMatchObject({
    code: 'NOT_VERIFIED',
    problems: [
      'one: /broken answered 500',
      'two: /broken answered 500',
      `one has ${first.manifest.id} again, and is healthy`,
    ],
  });
  expect([await fleet.ask('one'), await fleet.ask('two')]).toMatchObject([{ version: '1' }, { version: '2' }]);
  expect(await process()).toBe(before);
});

it('a rollback brings hosts with different releases to the last that was verified', async () => {
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.deploy(second);
  await fleet.deploy(first, only('two'));
  expect(await fleet.on((context) => rollbackRelease(context, undefined, schema))).toMatchObject({
    release: first.manifest.id,
    from: [second.manifest.id],
    changed: ['one'],
  });
  expect([await fleet.ask('one'), await fleet.ask('two')]).toMatchObject([{ version: '1' }, { version: '1' }]);
});
