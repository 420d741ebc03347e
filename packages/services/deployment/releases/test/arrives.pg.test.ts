import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@opsgraph/shell';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { describe, expect, it } from 'vitest';
import { type Application, buildRelease } from '../src/artifact/build-release.ts';
import { deployRelease, openDeployment, type Release } from '../src/index.ts';
import { prelude } from '../src/scripts/prelude.ts';
import { applicationFiles } from './application.ts';
import { createFleet, type Fleet, openingOf, schema } from './fleet.ts';
import { createSshFleet } from './ssh-fleet.ts';
import { writeFiles } from './temporary.ts';

describe.skipIf(sshd === undefined && !isDemanded).each([undefined, 'dash', 'busybox sh'])(
  'on a host with the shell %s (needs openssh-server)',
  (shell) => {
    it('arrives what was packed: permissions, links, empty directories, programs of packages', async () => {
      await using fleet = await createSshFleet({ hosts: ['one'], shells: [shell] });
      const release = await pack(fleet);
      await fleet.deploy(release);
      expect(await treeOf(join(fleet.root('one'), 'current/.'))).toEqual(packed);
      const { stdout } = await run([join(fleet.root('one'), 'current/node_modules/.bin/tool')], {
        env: { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin` },
      });
      expect(stdout.trim()).toBe('the tool');
      // the same with hard links to what is live
      await writeFile(join(fleet.path, 'own/app/version'), 'changed');
      await fleet.deploy(await pack(fleet));
      expect(await treeOf(join(fleet.root('one'), 'current/.'))).toEqual(packed);
    });
  },
);

it('gives an ordinary user with a narrow umask the same', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const { archive, manifest } = await pack(fleet);
  const at = join(fleet.path, 'unpacked');
  await mkdir(at);
  await chmod(fleet.path, 0o755);
  await chmod(at, 0o777);
  for (const directory of ['own', 'own/out']) await chmod(join(fleet.path, directory), 0o755);
  // what every script begins with has its own
  const unpack = `umask 077\n${prelude('/')}cd ${at} && $1 -xf ${archive}`;
  const asOther = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  for (const tar of ['tar', 'busybox tar']) {
    await run([...asOther, 'sh', '-c', unpack, 'sh', tar]);
    for (const { path, mode } of manifest.files)
      expect(((await lstat(join(at, path))).mode & 0o777).toString(8), `${tar}: ${path}`).toBe(mode);
    await run([...asOther, 'sh', '-c', `rm -rf ${at}/*`]);
  }
});

it('refuses at staging what deployment.shared names and nobody has, when it may be a file', async () => {
  await using fleet = await createFleet({ hosts: ['one'], settings: { shared: ['uploads', '.env'] } });
  const release = await fleet.build('well');
  await fleet.on((context) => openDeployment(context, openingOf(release)));
  await expect(fleet.on((context) => deployRelease(context, release, schema))).rejects.toMatchObject({
    code: 'SHARED_MISSING',
    exitCode: 78,
    message: expect.stringContaining('neither the host nor the release has .env'),
  });
  await writeFiles(fleet.root('one'), { 'shared/.env': 'COLOUR=blue\n' });
  await fleet.deploy(release);
  expect(await readFile(join(fleet.root('one'), 'current/.env'), 'utf8')).toBe('COLOUR=blue\n');
  expect((await lstat(join(fleet.root('one'), 'shared/uploads'))).isDirectory()).toBe(true);
});

it('refuses an archive with a file that its manifest does not name', async () => {
  await using fleet = await createFleet({ hosts: ['one'] });
  const release = await fleet.build('well');
  await writeFiles(fleet.path, { 'stowaway.sh': 'echo here' });
  await run(['tar', '-rf', release.archive, '-C', fleet.path, 'stowaway.sh']);
  await fleet.on((context) => openDeployment(context, openingOf(release)));
  await expect(fleet.on((context) => deployRelease(context, release, schema))).rejects.toMatchObject({
    code: 'RELEASE_DAMAGED',
    message: expect.stringContaining('it has other files than its manifest'),
  });
  expect(await readdir(join(fleet.root('one'), 'releases'))).not.toContain(release.manifest.id);
});

/** Path to permissions, or to where a link leads. */
const packed = expect.objectContaining({
  'key.pem': '600',
  'group.txt': '640',
  'read-only.txt': '444',
  'run.sh': '755',
  'mine.sh': '700',
  'lib/part 1.txt': '644',
  empty: 'directory 755',
  'private/nothing': 'directory 700',
  private: 'directory 700',
  'env/lib/site.py': '644',
  'env/lib64': '-> lib',
  'env/bin/python': '-> python3',
  'env/bin/python3': '755',
  'node_modules/.bin/tool': '-> ../tool/bin/tool.js',
  'node_modules/tool/bin/tool.js': '755',
});

async function pack(fleet: Fleet): Promise<Release> {
  const at = join(fleet.path, 'own');
  const app = join(at, 'app');
  const isNew = await mkdir(app, { recursive: true });
  if (isNew !== undefined) {
    await writeFiles(at, { ...applicationFiles('well', '1'), 'migrations/1_a.sql': '' });
    await writeFiles(app, {
      'package.json': '{"name":"app","dependencies":{"tool":"1"}}',
      'node_modules/tool/package.json': '{"name":"tool","bin":"./bin/tool.js"}',
      'node_modules/tool/bin/tool.js': '#!/usr/bin/env node\nconsole.log("the tool")\n',
      'env/lib/site.py': '',
      'env/bin/python3': '',
    });
    const modes = { 'key.pem': 0o600, 'group.txt': 0o640, 'read-only.txt': 0o444, 'run.sh': 0o775, 'mine.sh': 0o700 };
    for (const [name, mode] of Object.entries({ ...modes, 'env/bin/python3': 0o755 })) {
      await writeFile(join(app, name), name);
      await chmod(join(app, name), mode);
    }
    await mkdir(join(app, 'empty'));
    await mkdir(join(app, 'private/nothing'), { recursive: true });
    for (const name of ['private/nothing', 'private']) await chmod(join(app, name), 0o700);
    await symlink('lib', join(app, 'env/lib64'));
    await symlink('python3', join(app, 'env/bin/python'));
  }
  const application: Application = {
    name: 'app',
    directory: app,
    files: ['.'],
    dependencies: true,
    migrations: [join(at, 'migrations')],
    lowestMigration: undefined,
  };
  return buildRelease(application, join(at, 'out'));
}

async function treeOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true });
  const described = entries.map(async (path): Promise<[string, string]> => {
    const found = await lstat(join(root, path));
    const mode = (found.mode & 0o777).toString(8);
    if (found.isSymbolicLink()) return [path, `-> ${await readlink(join(root, path))}`];
    return [path, found.isDirectory() ? `directory ${mode}` : mode];
  });
  return Object.fromEntries(await Promise.all(described));
}
