import { mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { insideProject } from '../src/declare/inside-project.ts';
import { refusal } from './expect-refusal.ts';
import { temporaryProject, url } from './temporary-project.ts';

it.each([
  ['../elsewhere', 'leads outside the project'],
  ['tasks/../../elsewhere', 'leads outside the project'],
  ['..', 'leads outside the project'],
  ['/etc', 'is absolute; write it from the root of the project'],
  ['', 'is not a path'],
  ['a\0b', 'is not a path'],
])('refuses %j', async (path, text) => {
  await using project = await temporaryProject({
    'config/local.ts': `export default { seeds: { directory: ${JSON.stringify(path)} } };`,
  });
  expect((await refusal(() => project.load({ DATABASE_URL: url }))).problems).toEqual([
    `seeds.directory (config/local.ts): ${text}`,
  ]);
});

it('refuses symlinks out of the project, at the end or on the way, broken ones and loops', async () => {
  await using project = await temporaryProject();
  await symlink(tmpdir(), project.path('out'));
  await symlink('/nowhere/at/all', project.path('broken'));
  await symlink('loop', project.path('loop'));
  expect(insideProject(project.root, 'out', false)).toMatchObject({
    text: 'leads outside the project through a symlink',
  });
  expect(insideProject(project.root, 'out/deeper/still', false)).toMatchObject({
    text: 'leads outside the project through a symlink',
  });
  expect(insideProject(project.root, 'broken/seeds', false)).toMatchObject({ text: 'leads to a broken symlink' });
  expect(insideProject(project.root, 'loop', false)).toMatchObject({ text: 'leads to a broken symlink' });
});

it('takes paths inside, symlinks inside, names that begin with dots, and what does not exist yet', async () => {
  await using project = await temporaryProject();
  await mkdir(project.path('data'));
  await symlink('data', project.path('linked'));
  for (const path of ['data', 'linked/new', '..data', '.', 'a/../data'])
    expect(typeof insideProject(project.root, path, false), path).toBe('string');
  expect(insideProject(project.root, 'data/new', false)).toBe(project.path('data/new'));
});

it('takes absolute ones where the key allows them', async () => {
  await using project = await temporaryProject();
  expect(insideProject(project.root, '/var/backups', true)).toBe('/var/backups');
  expect(insideProject(project.root, '../backups', true)).toMatchObject({ text: 'leads outside the project' });
});

it('works in a project that is itself behind a symlink', async () => {
  await using project = await temporaryProject();
  await using other = await temporaryProject();
  await symlink(project.root, other.path('checkout'));
  expect(insideProject(other.path('checkout'), 'data', false)).toBe(other.path('checkout/data'));
});
