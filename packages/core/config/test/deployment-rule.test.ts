import { expect, it } from 'vitest';
import { refusal } from './expect-refusal.ts';
import { temporaryProject, url } from './temporary-project.ts';

/** The problems with a deployment that has this beside what it needs. */
async function problemsOf(more: object): Promise<readonly string[]> {
  const deployment = { hosts: { one: {} }, root: '/srv/app', service: { run: ['app'] }, ...more };
  await using project = await temporaryProject({
    'config/local.ts': `export default ${JSON.stringify({ deployment })};`,
  });
  const { message, problems } = await refusal(() => project.load({ DATABASE_URL: url }));
  return problems.length === 0 ? [message] : problems;
}

it('refuses shared paths in one another: what outlives releases would be removed', async () => {
  expect(await problemsOf({ shared: ['data/cache', 'database', 'data'] })).toEqual([
    "deployment.shared (config/local.ts): 'data/cache' is in 'data', which is shared as a whole",
  ]);
  expect(await problemsOf({ shared: ['data', 'data'] })).toEqual([
    "deployment.shared (config/local.ts): names 'data' twice",
  ]);
});

it('refuses two names for one place', async () => {
  const ssh = 'deploy@web-1';
  expect(await problemsOf({ hosts: { one: {}, two: {}, three: { ssh }, four: { ssh, root: '/srv/b' } } })).toEqual([
    'deployment.hosts.two (config/local.ts): has directory /srv/app and port 8080 of this machine, as one has; give each its own root and port',
    'deployment.hosts.four (config/local.ts): has port 8080 of deploy@web-1, as three has; give each its own root and port',
  ]);
});

it('refuses blue-green with one port, also for one host, and without a proxy', async () => {
  const service = { run: ['app'], ports: [8080, 8080] };
  expect(await problemsOf({ strategy: 'blue-green', service, hosts: { one: { port: 9000 } } })).toEqual([
    'deployment.service.ports (config/local.ts): blue-green needs two, for example [8080, 8081]',
    'deployment.proxy (config/local.ts): missing; blue-green must direct requests to the new release',
    'deployment.hosts.one.port (config/local.ts): blue-green needs two ports on each host: remove it, and use service.ports',
  ]);
});

it('refuses variables that every service gets, and a health path that cannot be asked', async () => {
  expect(await problemsOf({ service: { run: ['app'], variables: { PORT: '1', OPS_ROLES: '', PORTS: '' } } })).toEqual([
    'deployment.service.variables (config/local.ts): PORT, OPS_ROLES: Opsgraph itself sets this; remove it',
  ]);
  expect(await problemsOf({ health: { path: 'healthz' } })).toEqual([
    expect.stringContaining('deployment.health.path'),
  ]);
});

it('tells a command that is wrong once', async () => {
  expect(await problemsOf({ service: { run: ['two\nlines'] } })).toHaveLength(1);
});

it('refuses a health role that no host has: nothing would be asked', async () => {
  const hosts = { one: { roles: ['web'] } };
  expect(await problemsOf({ hosts, health: { roles: ['web', 'wep'] } })).toEqual([
    'deployment.health.roles (config/local.ts): no host has the role wep',
  ]);
});

it('refuses a variable in a command that no shell reads, and takes it where one does', async () => {
  const [problem, ...more] = await problemsOf({ service: { run: ['serve', '--port', '$PORT'] } });
  expect(problem).toContain("deployment.service.run (config/local.ts): '$PORT' is passed on literally");
  expect(more).toEqual([]);
  expect(
    await problemsOf({ service: { run: ['/bin/sh', '-c', 'exec serve "$PORT"'], variables: { PORT: '1' } } }),
  ).toEqual(['deployment.service.variables (config/local.ts): PORT: Opsgraph itself sets this; remove it']);
});
