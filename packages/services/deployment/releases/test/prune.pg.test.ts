import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { pruneReleases, readStatus, rollbackRelease } from '../src/index.ts';
import { createFleet, type Fleet, schema } from './fleet.ts';

let fleet: Fleet;
afterEach(() => fleet[Symbol.asyncDispose]());

/** Deploys so many versions, the first of them looking oldest; their ids. */
async function deployMany(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let version = 1; version <= count; version += 1) {
    const release = await fleet.build('well', String(version));
    await fleet.deploy(release);
    const { id } = release.manifest;
    await utimes(join(fleet.root('one'), 'releases', id), version, version);
    ids.push(id);
  }
  return ids;
}
const releases = async (): Promise<string[]> => (await readdir(join(fleet.root('one'), 'releases'))).sort();

it('removes old releases at the end of a deployment, never the live one or the way back', async () => {
  fleet = await createFleet({ hosts: ['one'], settings: { keep: 1 } });
  const ids = await deployMany(4);
  expect(await releases()).toEqual(ids.slice(2).sort());
});

it('goes by what is recorded, not by age: the oldest stays when it is the live one', async () => {
  fleet = await createFleet({ hosts: ['one'], settings: { keep: 3 } });
  const [first, second, third] = (await deployMany(3)) as [string, string, string];
  await fleet.on((context) => rollbackRelease(context, first, schema));
  fleet.settings.keep = 1;
  // the third was gone back from, so the second is the way back
  expect(await fleet.on(pruneReleases)).toEqual(new Map([['one', [third]]]));
  expect(await releases()).toEqual([first, second].sort());
  expect((await fleet.on(readStatus)).hosts).toMatchObject([{ release: first, problem: undefined }]);
  expect(await fleet.on((context) => rollbackRelease(context, undefined, schema))).toMatchObject({ release: second });
});
