import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { mask } from '@opsgraph/secrets';
import { expect, it } from 'vitest';
import type { SecretReference } from '../src/index.ts';
import { refusal } from './expect-refusal.ts';
import { smallest, type TemporaryProject, temporaryProject, url } from './temporary-project.ts';

const password = 'correct horse battery';
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** A project whose database.url is written like this in the file. */
async function withReference(reference: string): Promise<TemporaryProject> {
  return temporaryProject({ 'config/local.ts': `export default { database: { url: ${JSON.stringify(reference)} } };` });
}

async function urlOf(project: TemporaryProject, more: Record<string, string> = {}): Promise<SecretReference> {
  return (await project.load({ ...env, ...more })).environment.database.url!;
}

it.each([url, 'hunter22hunter', 'env', 'ENV:NAME', 'file', 'https://ana:hunter22hunter@host'])(
  'refuses a secret itself in config/, %#',
  async (literal) => {
    await using project = await withReference(literal);
    const error = await refusal(() => project.load(), 'tr0ub4dor', 'hunter22hunter');
    expect(error.exitCode).toBe(78);
    expect(error.problems).toContainEqual(
      "database.url (config/local.ts): contains the secret itself; config/ must hold references only; write 'env:NAME' for database.url, move the value to config/.env.local, and replace it everywhere if it was committed",
    );
  },
);

it('refuses a URL with a password under any key, and does not repeat it', async () => {
  await using project = await temporaryProject({
    'config/local.ts': `export default { migrations: { tableName: '${url}', directories: ['${url}'] } };`,
  });
  const { problems } = await refusal(() => project.load({ DATABASE_URL: url }), 'tr0ub4dor');
  expect(problems).toContainEqual(
    expect.stringContaining('migrations.tableName (config/local.ts): contains a URL with a password'),
  );
  expect(problems).toContainEqual(
    expect.stringContaining('migrations.directories (config/local.ts): contains a URL with a password'),
  );
});

it('finds env:NAME in the process environment and in the .env file', async () => {
  await using project = await withReference('env:STAGING_URL');
  expect((await (await urlOf(project, { STAGING_URL: url })).resolve()).reveal()).toBe(url);
  await project.write('config/.env.local', `STAGING_URL=${url}\n`);
  expect((await (await urlOf(project)).resolve()).reveal()).toBe(url);
});

it('says at once that a needed variable is not set, and of others when they are used', async () => {
  await using project = await withReference('env:STAGING_URL');
  expect((await refusal(() => project.load())).problems[0]).toContain('nothing says where the database of local is');

  await using other = await temporaryProject({
    'config/local.ts': `export default { database: { adminUrl: 'env:ADMIN_URL' } };`,
  });
  const { environment, explain } = await other.load({ DATABASE_URL: url });
  expect(explain().find(({ key }) => key === 'database.adminUrl')).toMatchObject({
    value: 'env:ADMIN_URL (not set)',
    isSet: false,
  });
  const error = await refusal(() => environment.database.adminUrl!.resolve());
  expect(error).toMatchObject({ exitCode: 78, message: 'ADMIN_URL is not set, but database.adminUrl is needed' });
  expect(error.hint).toContain('config/.env.local');
});

it('reads file: when it is used, without the line end', async () => {
  await using project = await temporaryProject({ 'config/local.ts': smallest });
  const path = project.path('secret');
  const reference = await urlOf(project, { DATABASE_URL: `file:${path}` });
  expect((await refusal(() => reference.resolve())).message).toBe(`DATABASE_URL: there is no file ${path}`);
  await project.write('secret', `${url}\n`);
  expect((await reference.resolve()).reveal()).toBe(url);
});

it.each([
  [0o644, 'is open to other users (mode 0644)'],
  [0o604, 'is open to other users (mode 0604)'],
  [0o620, 'is open to other users (mode 0620)'],
])('refuses file: of mode %o', async (mode, text) => {
  await using project = await temporaryProject();
  const path = await project.write('secret', password, mode);
  await project.write('config/local.ts', `export default { database: { url: 'file:${path}' } };`);
  const error = await refusal(async () => (await urlOf(project)).resolve(), password);
  expect(error).toMatchObject({ exitCode: 78, message: `database.url: ${path} ${text}`, hint: `chmod 600 ${path}` });
});

it('lets the group read file:, as container platforms do', async () => {
  await using project = await temporaryProject();
  const path = await project.write('secret', url, 0o440);
  await project.write('config/local.ts', `export default { database: { url: 'file:${path}' } };`);
  expect((await (await urlOf(project)).resolve()).reveal()).toBe(url);
});

it.each([
  ['file:secret', 'needs an absolute path after file:'],
  ['cmd:', 'names no program'],
  ['cmd:a | b', 'has | outside quotes, but runs without a shell; quote it, or put the command into a script'],
  ['env:', 'names no environment variable after env:'],
  ['env:A B', 'names no environment variable after env:'],
])('refuses the reference %j while loading', async (reference, text) => {
  await using project = await withReference(reference);
  expect((await refusal(() => project.load())).problems).toContain(`database.url (config/local.ts): ${text}`);
});

it('takes an empty file: for no secret', async () => {
  await using project = await temporaryProject();
  const path = await project.write('secret', '\n');
  await project.write('config/local.ts', `export default { database: { url: 'file:${path}' } };`);
  expect((await refusal(async () => (await urlOf(project)).resolve())).message).toBe(`database.url: ${path} is empty`);
});

it('runs cmd: in the root of the project when it is used, and once for all who ask', async () => {
  await using project = await withReference(`cmd:sh -c 'echo run >> count; echo "${url}"'`);
  const reference = await urlOf(project);
  await expect(readFile(project.path('count'))).rejects.toThrow('ENOENT');
  const [first, second] = await Promise.all([reference.resolve(), reference.resolve()]);
  expect([first.reveal(), second.reveal(), (await reference.resolve()).reveal()]).toEqual([url, url, url]);
  expect(await readFile(project.path('count'), 'utf8')).toBe('run\n');
});

it('gives cmd: its arguments as they are, and the environment of the task', async () => {
  await using project = await withReference(`cmd:sh -c 'printf %s "$1:$TOKEN"' sh 'a b;c$HOME'`);
  expect((await (await urlOf(project, { TOKEN: 'from the task' })).resolve()).reveal()).toBe(
    'a b;c$HOME:from the task',
  );
});

it('asks cmd: again after a failure', async () => {
  await using project = await withReference(`cmd:cat later`);
  const reference = await urlOf(project);
  await refusal(() => reference.resolve());
  await project.write('later', url);
  expect((await reference.resolve()).reveal()).toBe(url);
});

it.each([
  [
    `cmd:sh -c 'echo ${password} half done; echo ${password} >&2; exit 3'`,
    'the command of database.url failed: sh ended with exit code 3',
  ],
  [
    'cmd:no-such-program-here',
    'the command of database.url failed: the program no-such-program-here is not installed, or not in PATH',
  ],
  ['cmd:true', 'the command of database.url printed nothing'],
])('fails closed, with what to do and without what the program said: %s', async (reference, message) => {
  await using project = await withReference(reference);
  const error = await refusal(async () => (await urlOf(project)).resolve(), 'half done');
  expect(error).toMatchObject({ exitCode: 78, code: 'SECRET_UNAVAILABLE', message });
  expect(error.hint).toContain('run it by hand');
});

it('ends cmd: when the task is to stop', async () => {
  await using project = await withReference('cmd:sleep 60');
  const stop = new AbortController();
  const reference = await urlOf(project);
  const pending = reference.resolve(stop.signal);
  stop.abort(new Error('stop now'));
  await expect(pending).rejects.toThrow('stop now');
});

it('shows of a secret only where it is', async () => {
  await using project = await temporaryProject({
    'config/local.ts': `export default { database: { url: 'env:HOME_URL', adminUrl: 'cmd:op read op://a/b', roles: { app: { name: 'app', password: 'file:/run/secrets/app' } } } };`,
  });
  const loaded = await project.load({ HOME_URL: url });
  const shown = loaded.explain().filter(({ isSecret }) => isSecret);
  expect(shown.map(({ key, value, source }) => [key, value, source])).toEqual([
    ['database.url', '***', 'config/local.ts → process environment HOME_URL'],
    ['database.adminUrl', 'cmd:op read op://a/b (run when used)', 'config/local.ts'],
    ['database.roles.app.password', 'file:/run/secrets/app (read when used)', 'config/local.ts'],
  ]);
  expect(
    inspect(loaded, { depth: 20, showHidden: true }) + JSON.stringify(loaded) + JSON.stringify(shown),
  ).not.toContain('tr0ub4dor');
});

it('has a secret of the environment masked from the moment it is loaded', async () => {
  await using project = await temporaryProject({ 'config/local.ts': smallest });
  await project.load({ DATABASE_URL: 'postgres://ana:only-loaded-never-used@host/db', DATABASE_LOCK_TIMEOUT: '77s' });
  expect(mask('only-loaded-never-used and 77s')).toBe('*** and 77s');
});
