import { mkdir, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@opsgraph/shell';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { expect, it } from 'vitest';
import { deployRelease, openDeployment, pruneReleases } from '../src/index.ts';
import { createFleet, openingOf, schema } from './fleet.ts';
import { createSshFleet } from './ssh-fleet.ts';

const mayMount = process.getuid?.() === 0;

it.skipIf(!(mayMount && sshd !== undefined) && !isDemanded)(
  'switches no host when the disk of one is full, and goes on when there is room',
  async () => {
    await using fleet = await createSshFleet({ hosts: ['small', 'large'], onLoopback: true });
    await using disk = await mount(fleet.root('small'), 'size=1m');
    const [first, second] = [
      await fleet.build('well', '1'),
      await fleet.build('well', '2', { 'app/large': 'x'.repeat(200_000) }),
    ];
    const older = await fleet.build('well', '0');
    for (const release of [older, await fleet.build('well', 'between'), first]) await fleet.deploy(release);
    await fleet.on((context) => openDeployment(context, openingOf(second), async () => {}));
    const filler = join(disk.path, 'filler');
    await run(['sh', '-c', 'cat /dev/zero >"$1" 2>/dev/null; :', 'sh', filler]);
    await expect(fleet.on((context) => deployRelease(context, second, schema))).rejects.toMatchObject({
      code: 'DISK_FULL',
      exitCode: 74,
      message: expect.stringContaining('small'),
    });
    for (const host of ['small', 'large']) {
      expect(await readlink(join(fleet.root(host), 'current'))).toBe(`releases/${first.manifest.id}`);
      expect(await fleet.ask(host)).toMatchObject({ version: '1' });
    }
    // the next one sees it before it begins
    await expect(fleet.deploy(second)).rejects.toMatchObject({
      message: expect.stringMatching(/free, the release needs|disk is full/),
    });
    // and old releases can be removed, although nothing can be written
    await run(['sh', '-c', 'cat /dev/zero >>"$1" 2>/dev/null; :', 'sh', filler]);
    fleet.settings.keep = 1;
    expect((await fleet.on(pruneReleases)).get('small')).toEqual([older.manifest.id]);
    await rm(filler);
    await fleet.deploy(second);
    expect(await fleet.ask('small')).toMatchObject({ version: '2' });
  },
);

it.skipIf(!mayMount && !isDemanded)(
  'sees that a host has no more inodes, and makes room there all the same',
  async () => {
    await using fleet = await createFleet({ hosts: ['one'] });
    await using disk = await mount(fleet.root('one'), 'size=9m,nr_inodes=200');
    const older = await fleet.build('well', '0');
    for (const release of [older, await fleet.build('well', '1'), await fleet.build('well', '2')])
      await fleet.deploy(release);
    await run(['sh', '-c', 'n=0; while true >"$1/filler-$n"; do n=$((n + 1)); done 2>/dev/null; :', 'sh', disk.path]);
    await expect(fleet.deploy(await fleet.build('well', '3'))).rejects.toMatchObject({
      code: 'HOSTS_NOT_READY',
      message: expect.stringMatching(/^one: has \d+ inodes free, the release needs \d+$/),
      hint: expect.stringContaining('prune-releases'),
    });
    fleet.settings.keep = 1;
    expect((await fleet.on(pruneReleases)).get('one')).toEqual([older.manifest.id]);
  },
);

it.skipIf(!mayMount && !isDemanded)('refuses a read-only root before it begins', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  await using disk = await mount(fleet.root('one'), 'size=1m,ro');
  await expect(fleet.deploy(await fleet.build('well'))).rejects.toMatchObject({
    message: expect.stringMatching(/cannot be written|read-only/),
  });
  expect(await readdir(disk.path)).toEqual([]);
});

async function mount(path: string, options: string): Promise<AsyncDisposable & { path: string }> {
  await mkdir(path, { recursive: true });
  await run(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await run(['umount', '-l', path]);
    },
  };
}
