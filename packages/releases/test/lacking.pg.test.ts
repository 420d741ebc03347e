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
    const there = 'sh cat cp cut date df grep ln mkdir mv readlink rm sleep tar wc sha256sum setsid'.split(' ');
    for (const tool of there) await symlink(`/usr/bin/${tool}`, join(bin, tool));
    // as a small busybox has it
    const find = join(bin, 'find');
    await writeFile(find, '#!/bin/sh\ncase "$*" in *-mmin*) echo "find: unrecognized: -mmin" >&2; exit 1 ;; esac\n');
    const nobody = join(directory.path, 'nobody');
    await writeFile(nobody, '#!/bin/sh\necho This account is not available.\nexit 1\n');
    await Promise.all([find, nobody].map((path) => chmod(path, 0o755)));

    await using fleet = await createSshFleet({ hosts: ['bare', 'shut'], shells: [`env PATH=${bin} sh`, nobody] });
    const release = await fleet.build('well');
    const { bare, shut } = fleet.settings.hosts;
    const open = (hosts: object) => {
      const settings = { ...fleet.settings, hosts: hosts as typeof fleet.settings.hosts };
      return fleet.on((context) => openDeployment(context, openingOf(release)), { settings });
    };
    await expect(open({ bare })).rejects.toMatchObject({
      code: 'HOSTS_NOT_READY',
      message: 'bare: has no head, tail, head -c, find -mmin',
    });
    await expect(open({ shut })).rejects.toMatchObject({
      exitCode: 76,
      message: 'shut: a command failed',
      problems: ['This account is not available.'],
    });
  },
);
