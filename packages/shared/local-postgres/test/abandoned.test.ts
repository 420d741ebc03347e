import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { treatAbandoned } from '../src/abandoned/abandoned.ts';
import { writeOwner } from '../src/home/owner-file.ts';
import { writeState } from '../src/home/state-file.ts';

const [own, gone, kept] = ['0'.repeat(16), 'a'.repeat(16), 'b'.repeat(16)];

let place: string;
beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'opsgraph-abandoned-')));
  for (const id of [own, gone, kept]) {
    const checkout = join(place, `checkout-${id[0]}`);
    const stateDirectory = join(checkout, '.ops');
    const home = join(place, 'shared', id);
    await mkdir(stateDirectory, { recursive: true });
    await mkdir(join(home, 'data'), { recursive: true });
    await writeOwner(home, { id, checkout, stateDirectory, identity: id });
    const state = { id, version: '18.4', home, port: 1025, socketDirectory: null, stateDirectory };
    await writeState(stateDirectory, state);
  }
  await rm(join(place, 'checkout-a'), { recursive: true });
});
afterEach(() => rm(place, { recursive: true }));

/** No server runs here, so none has to be stopped. */
const treat = (treatment: 'look' | 'stop' | 'remove') =>
  treatAbandoned(
    {
      projectRoot: join(place, 'checkout-0'),
      stateDirectory: join(place, 'checkout-0', '.ops'),
      shared: join(place, 'shared'),
    },
    own,
    treatment,
    () => Promise.reject(new Error('needs no programs')),
  );
const homes = () => [own, gone, kept].filter((id) => existsSync(join(place, 'shared', id)));
const left = () => [{ home: join(place, 'shared', gone), checkout: join(place, 'checkout-a'), stopped: false }];

it('the data of a checkout that is gone is named, and removed only when that is asked for', async () => {
  expect(await treat('look')).toEqual(left());
  expect(await treat('stop')).toEqual(left());
  expect(homes()).toEqual([own, gone, kept]);
  expect(await treat('remove')).toEqual(left());
  expect(homes()).toEqual([own, kept]);
  expect(await treat('remove')).toEqual([]);
});
