import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { expect, it } from 'vitest';
import { openDeployment } from '../src/index.ts';
import { openingOf } from './fleet.ts';
import { createSshFleet } from './ssh-fleet.ts';
import { temporaryDirectory } from './temporary.ts';

it.skipIf(sshd === undefined && !isDemanded)(
  'names the tools that a host lacks, and what its login shell says, before anything is touched (needs openssh-server)',
  async () => {
    await using directory = await temporaryDirectory();
    const bin = join(directory.path, 'bin');
    await mkdir(bin);
    const there = 'sh cat cp cut date df grep ln mkdir mv readlink rm tar wc sha256sum setsid'.split(' ');
    for (const tool of there) await symlink(`/usr/bin/${tool}`, join(bin, tool));
    // as a small busybox has them
    const small = { find: '*-mmin*', sleep: '*.*' };
    for (const [tool, refused] of Object.entries(small))
      await writeScript(join(bin, tool), `case "$*" in ${refused}) echo "${tool}: invalid" >&2; exit 1 ;; esac`);
    const nobody = join(directory.path, 'nobody');
    await writeScript(nobody, 'echo This account is not available.\nexit 1');

    await using fleet = await createSshFleet({ hosts: ['bare', 'shut'], shells: [`env PATH=${bin} sh`, nobody] });
    const release = await fleet.build('well');
    const { bare, shut } = fleet.settings.hosts;
    const open = (hosts: object) => {
      const settings = { ...fleet.settings, hosts: hosts as typeof fleet.settings.hosts };
      return fleet.on((context) => openDeployment(context, openingOf(release)), { settings });
    };
    await expect(open({ bare })).rejects.toMatchObject({
      code: 'HOSTS_NOT_READY',
      message: 'bare: has no chmod, head, tail, touch, head -c, find -mmin, sleep 0.01',
    });
    await expect(open({ shut })).rejects.toMatchObject({
      exitCode: 76,
      message: 'shut: a command failed',
      problems: ['This account is not available.'],
    });
  },
);

async function writeScript(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}
