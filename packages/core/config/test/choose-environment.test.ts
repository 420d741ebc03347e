import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { chooseEnvironment, environmentNames, projectRoot, stateDirectory } from '../src/index.ts';
import { refusal } from './expect-refusal.ts';
import { smallest, temporaryProject } from './temporary-project.ts';

const files = { 'config/local.ts': smallest, 'config/staging.ts': smallest, 'config/production.ts': smallest };

it('prefers --env to OPS_ENV, and OPS_ENV to local', async () => {
  await using project = await temporaryProject(files);
  const { root } = project;
  expect(chooseEnvironment({ root, option: 'production', env: { OPS_ENV: 'staging' } })).toBe('production');
  expect(chooseEnvironment({ root, option: undefined, env: { OPS_ENV: 'staging' } })).toBe('staging');
  expect(chooseEnvironment({ root, option: undefined, env: { OPS_ENV: '' } })).toBe('local');
  expect(chooseEnvironment({ option: undefined, env: { OPS_ROOT: root } })).toBe('local');
});

it('names the environments there are, and the nearest, for an unknown one', async () => {
  await using project = await temporaryProject(files);
  const error = await refusal(() =>
    chooseEnvironment({ root: project.root, option: undefined, env: { OPS_ENV: 'stagign' } }),
  );
  expect(error).toMatchObject({ exitCode: 78, code: 'ENVIRONMENT_UNKNOWN' });
  expect(error.message).toBe('there is no environment "stagign" (from OPS_ENV); did you mean staging?');
  expect(error.hint).toContain('local, production, staging');
});

it.each(['../config/local', '/etc/passwd', 'local.ts', '', '.env', 'local\0', '__proto__'])(
  'takes %j for no environment, whatever file it would lead to',
  async (option) => {
    await using project = await temporaryProject(files);
    expect((await refusal(() => chooseEnvironment({ root: project.root, option, env: {} }))).exitCode).toBe(78);
    expect((await refusal(() => project.load({}, option))).exitCode).toBe(78);
  },
);

it('says what to create where no environment is', async () => {
  await using project = await temporaryProject();
  const error = await refusal(() => chooseEnvironment({ root: project.root, option: undefined, env: {} }));
  expect(error.hint).toContain('create config/local.ts');
});

it('counts only environment files', async () => {
  await using project = await temporaryProject({
    ...files,
    'config/types.d.ts': '',
    'config/README.md': '',
    'config/local.test.ts': '',
  });
  expect(environmentNames(project.root)).toEqual(['local', 'production', 'staging']);
});

it('finds the project by where it stands itself, or by OPS_ROOT', async () => {
  await using project = await temporaryProject();
  expect(projectRoot({})).toBe(resolve(import.meta.dirname, '../../../..'));
  expect(projectRoot({ OPS_ROOT: project.root })).toBe(project.root);
  expect((await refusal(() => projectRoot({ OPS_ROOT: project.path('gone') }))).exitCode).toBe(78);
});

it('keeps state in .ops of the project, or where OPS_STATE_DIR says', () => {
  expect(stateDirectory('/project', {})).toBe('/project/.ops');
  expect(stateDirectory('/project', { OPS_STATE_DIR: 'state' })).toBe('/project/state');
  expect(stateDirectory('/project', { OPS_STATE_DIR: '/var/lib/ops' })).toBe('/var/lib/ops');
});
