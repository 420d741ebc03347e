import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inspectAll, openDeployment, readStatus, rollbackRelease, sharedWaiting } from '../src/index.ts';
import { createFleet, openingOf, schema } from './fleet.ts';

it('deploys no second application into a root, and offers none of its releases for going back', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  await fleet.deploy(second);
  const other = { application: 'shop' };
  const refused = {
    code: 'ROOT_TAKEN',
    exitCode: 77,
    message: expect.stringContaining('holds releases of app, not of shop'),
  };
  await expect(fleet.on((context) => openDeployment(context, openingOf(first)), other)).rejects.toMatchObject(refused);
  await expect(fleet.on((context) => rollbackRelease(context, undefined, schema), other)).rejects.toMatchObject(
    refused,
  );
  // one ledger, another root
  fleet.settings.hosts = { one: { ...fleet.settings.hosts['one']!, root: join(fleet.path, 'hosts/shop') } };
  await expect(fleet.on((context) => rollbackRelease(context, undefined, schema), other)).rejects.toMatchObject({
    code: 'NO_RELEASE_TO_ROLL_BACK_TO',
    message: 'staging has no other verified release of shop',
  });
  await expect(fleet.on((context) => rollbackRelease(context, first.manifest.id, schema), other)).rejects.toMatchObject(
    { code: 'NO_RELEASE_TO_ROLL_BACK_TO' },
  );
  expect((await fleet.on(readStatus, other)).verified).toEqual([]);
});

it('says that a changed deployment.shared waits for the next release', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const release = await fleet.build('well', '1');
  await fleet.deploy(release);
  expect(fleet.said.join()).not.toContain('deployment.shared');
  fleet.settings.shared = ['uploads'];
  await fleet.deploy(release);
  const says = `one: deployment.shared has changed since release ${release.manifest.id} was deployed there; it takes effect with the next release`;
  // at the beginning, and beside the outcome
  expect(fleet.said.filter((line) => line === says)).toHaveLength(2);
  expect(sharedWaiting(await fleet.on(inspectAll), fleet.settings, release.manifest.id)).toEqual([says]);
  fleet.said.length = 0;
  await fleet.deploy(await fleet.build('well', '2'));
  expect(fleet.said.join()).not.toContain('deployment.shared');
});
