import { mask } from '@opsgraph/secrets';
import { expect, it } from 'vitest';
import { refusal } from './expect-refusal.ts';
import { temporaryProject, url } from './temporary-project.ts';

const configured = (variables: Record<string, string>): string =>
  `export default ${JSON.stringify({
    deployment: { hosts: { one: {} }, root: '/srv/app', service: { run: ['app'], variables } },
  })};`;

it('fetches secrets among the variables of the service from where they are, and leaves texts alone', async () => {
  await using project = await temporaryProject({ 'config/.env.local': 'COOKIE=from-the-dotenv-file\n' });
  const token = await project.write('token', 'from-the-file\n');
  await project.write(
    'config/local.ts',
    configured({
      COOKIE_SECRET: 'env:COOKIE',
      TOKEN: `file:${token}`,
      KEY: 'cmd:printf %s from-the-program',
      LOG_LEVEL: 'info',
      LOOKS: 'text:env:COOKIE',
      PLAIN: 'text:text:x',
      TIME: '12:30',
    }),
  );
  const { environment, explain } = await project.load({ DATABASE_URL: url, PATH: '/usr/bin:/bin' });
  const { variables } = environment.deployment!.service;
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables))
    values[name] = typeof value === 'string' ? value : (await value.resolve()).reveal();
  expect(values).toEqual({
    COOKIE_SECRET: 'from-the-dotenv-file',
    TOKEN: 'from-the-file',
    KEY: 'from-the-program',
    LOG_LEVEL: 'info',
    LOOKS: 'env:COOKIE',
    PLAIN: 'text:x',
    TIME: '12:30',
  });
  expect(mask('it is from-the-program')).toBe('it is ***');
  expect(JSON.stringify([explain(), environment])).not.toMatch(/from-the-(dotenv-file|file)/);
});

it('refuses a reference that cannot be one, and says how it is written as a text', async () => {
  await using project = await temporaryProject({
    'config/local.ts': configured({ A: 'env:not a name', B: 'file:here' }),
  });
  const { problems } = await refusal(() => project.load({ DATABASE_URL: url }));
  expect(problems).toEqual([
    "deployment.service.variables[A] (config/local.ts): names no environment variable after env:; correct it; if it is meant as text: 'text:env:not a name'",
    "deployment.service.variables[B] (config/local.ts): needs an absolute path after file:; correct it; if it is meant as text: 'text:file:here'",
  ]);
});

it('says which variable is not set when the service is to be started', async () => {
  await using project = await temporaryProject({ 'config/local.ts': configured({ COOKIE_SECRET: 'env:COOKIE' }) });
  const { environment } = await project.load({ DATABASE_URL: url });
  const reference = environment.deployment!.service.variables['COOKIE_SECRET'];
  if (typeof reference !== 'object') throw new Error('is no reference');
  await expect(reference.resolve()).rejects.toMatchObject({ code: 'SECRET_UNAVAILABLE', exitCode: 78 });
});

it('names the variable whose secret cannot be fetched', async () => {
  await using project = await temporaryProject({
    'config/local.ts': configured({ A: 'text:a', B: 'cmd:false', C: 'file:/nowhere/at/all', D: 'env:MISSING' }),
  });
  const { environment } = await project.load({ DATABASE_URL: url, PATH: '/usr/bin:/bin' });
  for (const [name, says] of [
    ['B', 'the command of deployment.service.variables.B failed'],
    ['C', 'deployment.service.variables.C: there is no file /nowhere/at/all'],
    ['D', 'MISSING is not set, but deployment.service.variables.D is needed'],
  ] as const) {
    const reference = environment.deployment!.service.variables[name];
    if (typeof reference !== 'object') throw new Error('is no reference');
    await expect(reference.resolve()).rejects.toMatchObject({ message: expect.stringContaining(says) });
  }
});

it('refuses a secret that stands in the file itself, at any depth', async () => {
  await using project = await temporaryProject({
    'config/local.ts': configured({ REDIS_URL: 'redis://app:tr0ub4dor@cache' }),
  });
  const { message, problems } = await refusal(() => project.load({ DATABASE_URL: url }), 'tr0ub4dor');
  expect([message, ...problems].join()).toContain('contains a URL with a password');
});
