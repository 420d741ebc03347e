import { chmod, readdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@opsgraph/shell';
import { expect, it } from 'vitest';
import { type Application, buildRelease } from '../src/artifact/build-release.ts';
import { writeManifest } from '../src/artifact/manifest.ts';
import { readRelease } from '../src/artifact/read-release.ts';
import { temporaryDirectory, writeFiles } from './temporary.ts';

function applicationIn(path: string, more: Partial<Application> = {}): Application {
  return {
    name: 'app',
    directory: join(path, 'app'),
    files: ['src', 'package.json'],
    dependencies: true,
    migrations: [join(path, 'migrations')],
    lowestMigration: undefined,
    ...more,
  };
}

const source = {
  'app/package.json': '{"name":"app","dependencies":{"one":"1","two":"1"}}',
  'app/src/main.js': 'console.log(1)',
  'app/src/not in it.txt': 'x',
  'app/test/secret.txt': 'not declared',
  'app/node_modules/one/package.json': '{"name":"one","version":"1.0.0"}',
  'app/node_modules/two/package.json': '{"name":"two","version":"1.0.0","dependencies":{"one":"2"}}',
  'app/node_modules/two/node_modules/one/package.json': '{"name":"one","version":"2.0.0"}',
  'migrations/1_a.ts': '',
  'migrations/2_b.sql': '',
};

it('gives the same bytes for the same content, whenever and wherever it is built', async () => {
  await using one = await temporaryDirectory();
  await using other = await temporaryDirectory();
  await writeFiles(one.path, source);
  await writeFiles(other.path, source, 0o600);
  await utimes(join(other.path, 'app/src/main.js'), 1, 1);
  const [first, second] = [
    await buildRelease(applicationIn(one.path), join(one.path, 'out')),
    await buildRelease(applicationIn(other.path), join(other.path, 'out')),
  ];
  expect(await readFile(second.archive)).toEqual(await readFile(first.archive));
  expect(writeManifest(second.manifest)).toBe(writeManifest(first.manifest));
});

it('holds what is declared and what that needs, two versions of a name included, and nothing else', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  await chmod(join(at.path, 'app/src/main.js'), 0o755);
  const { manifest, archive } = await buildRelease(applicationIn(at.path), join(at.path, 'out'));
  expect(manifest.files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    '644 node_modules/one/package.json',
    '644 node_modules/two/node_modules/one/package.json',
    '644 node_modules/two/package.json',
    '644 package.json',
    '755 src/main.js',
    '644 src/not in it.txt',
  ]);
  expect(manifest.migrations).toEqual({ lowest: '2_b', highest: '2_b' });
  const { stdout } = await run(['tar', '-xOf', archive, 'node_modules/two/node_modules/one/package.json']);
  expect(stdout).toBe(source['app/node_modules/two/node_modules/one/package.json']);
});

it('holds the same when its directory is a link, and says when there is none', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  await symlink('app', join(at.path, 'link'));
  const build = (name: string, out: string) =>
    buildRelease(applicationIn(at.path, { directory: join(at.path, name), files: ['.'] }), join(at.path, out));
  const { manifest } = await build('app', 'one');
  expect(await build('link', 'other')).toMatchObject({ manifest });
  await expect(build('nowhere', 'none')).rejects.toMatchObject({
    code: 'APPLICATION_INVALID',
    problems: expect.arrayContaining([expect.stringContaining('nowhere: cannot be read (ENOENT)')]),
  });
});

it('can be built again while a deployment reads it', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  const out = join(at.path, 'out');
  const build = () => buildRelease(applicationIn(at.path), out);
  const { manifest } = await build();
  // what one that was killed has left
  await writeFile(join(out, `release.tar.${2 ** 22 + 1}`), '');
  let isOver = false;
  const building = (async () => {
    for (let count = 0; count < 30; count += 1) await build();
  })().finally(() => (isOver = true));
  while (!isOver) expect((await readRelease(out)).manifest.id).toBe(manifest.id);
  await building;
  expect((await readdir(out)).sort()).toEqual(['release.json', 'release.tar']);
});

it('is another release when a byte, a mode, a name or the migrations change', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  const id = async (): Promise<string> =>
    (await buildRelease(applicationIn(at.path), join(at.path, 'out'))).manifest.id;
  const ids = [await id()];
  await writeFiles(at.path, { 'app/src/main.js': 'console.log(2)' });
  ids.push(await id());
  await chmod(join(at.path, 'app/src/main.js'), 0o755);
  ids.push(await id());
  await writeFiles(at.path, { 'app/src/new.js': '' });
  ids.push(await id());
  await writeFiles(at.path, { 'migrations/3_c.sql': '' });
  ids.push(await id());
  expect(new Set(ids).size).toBe(5);
});

it('carries names of any length and script, as tar and the reader see them', async () => {
  await using at = await temporaryDirectory();
  const names = [
    `${'d'.repeat(120)}/${'f'.repeat(90)}`,
    `${'x'.repeat(101)}.js`,
    `${'ä/'.repeat(80)}ö 日本 $(id) ' ".txt`,
    '-rf',
  ];
  await writeFiles(at.path, Object.fromEntries(names.map((name) => [`app/src/${name}`, name])));
  await writeFiles(at.path, { 'migrations/.keep': '' });
  const { archive } = await buildRelease(applicationIn(at.path, { files: ['src'] }), join(at.path, 'out'));
  await readRelease(join(at.path, 'out'));
  await writeFiles(at.path, { 'unpacked/.keep': '' });
  await run(['tar', '-xf', archive, '-C', join(at.path, 'unpacked')]);
  for (const name of names) expect(await readFile(join(at.path, 'unpacked/src', name), 'utf8')).toBe(name);
});

it('refuses links that lead out of it, unprintable names and missing dependencies, all at once', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, {
    ...source,
    'app/src/new\nline': '',
    'app/package.json': '{"dependencies":{"gone":"1"}}',
  });
  await symlink('/etc/passwd', join(at.path, 'app/src/link'));
  const built = buildRelease(applicationIn(at.path, { lowestMigration: '9_z' }), join(at.path, 'out'));
  await expect(built).rejects.toMatchObject({
    code: 'APPLICATION_INVALID',
    exit: 'badData',
    problems: [
      expect.stringContaining('src/link: is a link to "/etc/passwd", which leads out of what is packed'),
      expect.stringContaining('new\\nline'),
      expect.stringContaining('gone: is a dependency that is not installed'),
      expect.stringContaining('9_z'),
    ],
  });
});

it('refuses what is named in `files` and is no file, is not there, not in it, or too large', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  await run(['mkfifo', join(at.path, 'app/pipe')]);
  await symlink('src', join(at.path, 'app/link'));
  await writeFile(join(at.path, 'app/large'), '');
  await truncate(join(at.path, 'app/large'), 8 ** 11);
  const build = (...files: string[]) => buildRelease(applicationIn(at.path, { files }), join(at.path, 'out'));
  await expect(build('pipe', 'link', '../app/src', '/etc/passwd', 'gone')).rejects.toMatchObject({
    code: 'APPLICATION_INVALID',
    problems: [
      'pipe: is not a file, link or directory; a release holds only those',
      expect.stringContaining('../app/src: is not in'),
      expect.stringContaining('/etc/passwd: is not in'),
      expect.stringContaining('gone: cannot be read (ENOENT)'),
      'link: is a link to src, which is not in the release; name that among its files too',
    ],
  });
  await expect(build('large')).rejects.toMatchObject({
    problems: [expect.stringContaining('large: has 9 GB; a file of a release can have 8')],
  });
});

it('has each file once, however often and in whatever way it is named', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  const id = async (...files: string[]): Promise<string> =>
    (await buildRelease(applicationIn(at.path, { files }), join(at.path, 'out'))).manifest.id;
  expect(await id('src', './src/main.js', 'package.json', 'src//')).toBe(await id('src', 'package.json'));
  await readRelease(join(at.path, 'out'));
});

it('notices an edited manifest, also one whose last line was made again, and an edited archive', async () => {
  await using at = await temporaryDirectory();
  await writeFiles(at.path, source);
  const out = join(at.path, 'out');
  const { manifest, archive } = await buildRelease(applicationIn(at.path), out);
  const good = await readFile(join(out, 'release.json'), 'utf8');
  await writeFile(join(out, 'release.json'), good.replace('"highest": "2_b"', '"highest": "9_z"'));
  await expect(readRelease(out)).rejects.toMatchObject({
    code: 'MANIFEST_EDITED',
    exit: 'badData',
    message: expect.stringContaining('its last line is not the hash of the rest'),
  });
  const forged = writeManifest({ ...manifest, migrations: { lowest: null, highest: '9_z' } });
  await writeFile(join(out, 'release.json'), forged);
  await expect(readRelease(out)).rejects.toMatchObject({ code: 'MANIFEST_EDITED' });
  await writeFile(join(out, 'release.json'), good);
  const bytes = await readFile(archive);
  bytes[bytes.indexOf('console.log')] = 0;
  await writeFile(archive, bytes);
  await expect(readRelease(out)).rejects.toMatchObject({
    code: 'ARCHIVE_DAMAGED',
    problems: [expect.stringContaining('src/main.js')],
  });
  await writeFile(archive, bytes.subarray(0, 700));
  await expect(readRelease(out)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  await expect(readRelease(join(at.path, 'nowhere'))).rejects.toMatchObject({ code: 'RELEASE_MISSING' });
});
