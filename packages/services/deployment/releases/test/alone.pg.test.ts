import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDeployment, rollbackAlone, stopAlone } from '../src/index.ts';
import { createFleet, openingOf } from './fleet.ts';

it('goes back and stops by what the hosts know, and gives way to the ledger when it is there again', async () => {
  await using fleet = await createFleet({ hosts: ['one', 'two'] });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.deploy(second);
  await expect(fleet.on((context) => rollbackAlone(context, undefined))).rejects.toMatchObject({
    code: 'RELEASE_UNNAMED',
    hint: `name one with --to; every host has ${first.manifest.id}`,
  });
  const { id } = first.manifest;
  expect(await fleet.on((context) => rollbackAlone(context, id))).toEqual(['one', 'two']);
  expect(await fleet.on((context) => rollbackAlone(context, id))).toEqual([]);
  for (const host of ['one', 'two']) {
    expect(await fleet.ask(host)).toMatchObject({ version: '1' });
    expect(await readlink(join(fleet.root(host), 'current'))).toBe(`releases/${id}`);
    expect(await readFile(join(fleet.root(host), '.ops/audit.log'), 'utf8')).toMatch(
      new RegExp(`release=${id} by=ana\n$`),
    );
  }
  expect(await fleet.deploy(second)).toEqual(['one', 'two']);
  expect(await fleet.on(stopAlone)).toEqual(['one', 'two']);
  expect(await fleet.on(stopAlone)).toEqual([]);
  expect(await fleet.deploy(first)).toEqual(['one', 'two']);
  // and not beside a deployment that may be under way
  await fleet.on((context) => openDeployment(context, openingOf(second)));
  await expect(fleet.on(stopAlone)).rejects.toMatchObject({
    code: 'HOST_HELD',
    message: expect.stringContaining('ana on laptop deploys there'),
  });
});
