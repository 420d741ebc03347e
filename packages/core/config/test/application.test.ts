import { expect, it } from 'vitest';
import { environmentNames, hasApplication, loadApplication } from '../src/index.ts';
import { refusal } from './expect-refusal.ts';
import { smallest, temporaryProject } from './temporary-project.ts';

const file = (values: object): string => `export default ${JSON.stringify(values)};\n`;
const small = { name: 'shop', directory: 'app', files: ['src'], migrations: ['db'] };

it('says what is deployed, with absolute paths, from inside of the project or anywhere', async () => {
  await using project = await temporaryProject({ 'config/application.ts': file(small) });
  expect(await loadApplication(project.root)).toEqual({
    name: 'shop',
    directory: project.path('app'),
    files: ['src'],
    dependencies: false,
    migrations: [project.path('db')],
    lowestMigration: undefined,
    checks: [],
  });
  const more = { directory: '../shop', migrations: ['/srv/db', 'db'], dependencies: true, checks: ['shop#test'] };
  await using other = await temporaryProject({ 'config/application.ts': file({ ...small, ...more }) });
  expect(await loadApplication(other.root)).toMatchObject({
    directory: other.path('..', 'shop'),
    migrations: ['/srv/db', other.path('db')],
    dependencies: true,
    checks: ['shop#test'],
  });
});

it('is no environment', async () => {
  await using project = await temporaryProject({ 'config/local.ts': smallest, 'config/application.ts': file(small) });
  expect(environmentNames(project.root)).toEqual(['local']);
  expect((await refusal(() => project.load({}, 'application'))).code).toBe('ENVIRONMENT_UNKNOWN');
});

it('need not be there, and who needs it says what to create', async () => {
  await using project = await temporaryProject({ 'config/local.ts': smallest });
  expect(hasApplication(project.root)).toBe(false);
  expect(await refusal(() => loadApplication(project.root))).toMatchObject({
    code: 'NO_APPLICATION',
    exitCode: 78,
    hint: expect.stringContaining('docs/deployment.md'),
  });
});

it('tells every problem at once, each with key, file and what is expected', async () => {
  const wrong = { name: '../shop', directory: '', files: [], migration: ['db'], lowestMigration: 3 };
  await using project = await temporaryProject({ 'config/application.ts': file(wrong) });
  const { exitCode, problems } = await refusal(() => loadApplication(project.root));
  expect(exitCode).toBe(78);
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'migration (config/application.ts)',
    'name (config/application.ts)',
    'directory (config/application.ts)',
    'files (config/application.ts)',
    'migrations (config/application.ts)',
    'lowestMigration (config/application.ts)',
  ]);
  expect(problems[0]).toContain('did you mean migrations?');
  expect(problems[4]).toContain('missing; expected a list, each a path');
});

it('is asked for as an application where it exports something else', async () => {
  await using project = await temporaryProject({ 'config/application.ts': 'export const shop = {};\n' });
  const { code, hint } = await refusal(() => loadApplication(project.root));
  expect([code, hint]).toEqual(['CONFIG_FILE_BROKEN', expect.stringContaining('satisfies ApplicationFile')]);
});
