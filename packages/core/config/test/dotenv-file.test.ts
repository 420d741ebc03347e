import { chown, mkdir, rm, symlink } from 'node:fs/promises';
import { run } from '@opsgraph/shell';
import { expect, it } from 'vitest';
import { readPrivateFile } from '../src/files/read-private-file.ts';
import { refusal } from './expect-refusal.ts';
import { smallest, temporaryProject, url } from './temporary-project.ts';

const local = { 'config/local.ts': smallest };

it.each([0o644, 0o640, 0o604, 0o660, 0o602, 0o777])(
  'refuses a file of mode %o, also as root, and says how to close it',
  async (mode) => {
    await using project = await temporaryProject(local);
    const path = await project.write('config/.env.local', `DATABASE_URL=${url}\n`, mode);
    const error = await refusal(() => project.load({ DATABASE_URL: url }), 'tr0ub4dor');
    expect(error.exitCode).toBe(78);
    expect(error.problems).toEqual([
      `config/.env.local is open to other users (mode ${mode.toString(8).padStart(4, '0')}); run: chmod 600 ${path}`,
    ]);
  },
);

it.each([0o600, 0o400])('takes a file of mode %o', async (mode) => {
  await using project = await temporaryProject(local);
  await project.write('config/.env.local', `DATABASE_URL=${url}\n`, mode);
  expect((await project.load()).environment.database.url?.isSet).toBe(true);
});

it('refuses a file of another user', async () => {
  await using project = await temporaryProject(local);
  const path = await project.write('config/.env.local', 'A=1');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(path, 4242, 4242);
  // Who is not root cannot give a file away: then we pretend to be somebody else.
  const me = isRoot ? 0 : process.getuid!() + 1;
  expect(await readPrivateFile(path, 0o077, me)).toMatchObject({
    text: expect.stringMatching(/belongs to another user \(\d+\)/),
    remedy: `chown ${me} ${path}`,
  });
});

it('looks at the file behind a symlink, not at the link', async () => {
  await using project = await temporaryProject(local);
  const target = await project.write('shared/env', `DATABASE_URL=${url}\n`, 0o644);
  await symlink(target, project.path('config/.env.local'));
  expect((await refusal(() => project.load())).problems[0]).toContain('is open to other users');
  await project.write('shared/env', `DATABASE_URL=${url}\n`, 0o600);
  expect((await project.load()).environment.database.url?.isSet).toBe(true);
});

it('refuses what is not a regular file, without waiting for it', async () => {
  await using project = await temporaryProject(local);
  const path = project.path('config/.env.local');
  await mkdir(path);
  expect((await refusal(() => project.load({ DATABASE_URL: url }))).problems).toEqual([
    'config/.env.local is not a regular file',
  ]);
  await rm(path, { recursive: true });
  await run(['mkfifo', path]);
  expect((await refusal(() => project.load({ DATABASE_URL: url }))).problems).toEqual([
    'config/.env.local is not a regular file',
  ]);
});

it('reads values over several lines, quotes and export as dotenv does, and counts the lines', async () => {
  await using project = await temporaryProject({
    'config/local.ts': `export default { database: { adminUrl: 'env:CERTIFICATE', roles: { app: { name: 'app' } } } };`,
    'config/.env.local': [
      '# DATABASE_URL=no',
      '',
      'CERTIFICATE="-----BEGIN-----',
      'DATABASE_LOCK_TIMEOUT=not a variable, a line of the value',
      '-----END-----"',
      `export DATABASE_URL='${url}' # ours`,
      '  DATABASE_APP_PASSWORD: "two\\nlines#3"',
      'DATABASE_CONNECT_TIMEOUT = 5s',
    ].join('\r\n'),
  });
  const { environment, explain } = await project.load();
  expect((await environment.database.adminUrl!.resolve()).reveal().split(/\r?\n/)).toEqual([
    '-----BEGIN-----',
    'DATABASE_LOCK_TIMEOUT=not a variable, a line of the value',
    '-----END-----',
  ]);
  expect((await environment.database.roles.app!.password.resolve()).reveal()).toBe('two\nlines#3');
  expect(environment.database).toMatchObject({ lockTimeout: 10_000, connectTimeout: 5000 });
  expect(Object.fromEntries(explain().map(({ key, source }) => [key, source]))).toMatchObject({
    'database.url': 'config/.env.local:6',
    'database.adminUrl': 'config/local.ts → config/.env.local:3',
    'database.roles.app.password': 'config/.env.local:7',
    'database.connectTimeout': 'config/.env.local:8',
  });
});

it.each([
  [
    'a line that is no assignment',
    'DATABASE_URL',
    'config/.env.local:1: neither NAME=value nor a comment; correct or remove the line',
  ],
  [
    'a value cut off at #',
    'DATABASE_URL=hunter#22',
    'DATABASE_URL (config/.env.local:1): everything after # is ignored as a comment; put the value in single quotes',
  ],
  [
    'a quote that is not closed',
    'DATABASE_URL="hunter22',
    'DATABASE_URL (config/.env.local:1): the quote " is not closed; close it, or quote the value with another one',
  ],
  [
    'a quote closed too early',
    "DATABASE_URL='hun'ter22",
    'DATABASE_URL (config/.env.local:1): text after the closing quote; is it the right quote?',
  ],
  [
    'a variable set twice',
    'DATABASE_URL=hunter22\nDATABASE_URL=hunter23',
    'DATABASE_URL (config/.env.local:2): set a second time; remove one of the lines',
  ],
  [
    'a variable that nothing reads',
    'VAULT_TOKEN=hunter22',
    'VAULT_TOKEN (config/.env.local:1): nothing reads this variable; remove the line',
  ],
  [
    'a line of a key without quotes',
    'MIIEhunter22=',
    'a name that no variable has (config/.env.local:1): nothing reads this variable; remove the line',
  ],
])('tells %s, which dotenv passes over, without the value', async (_what, line, problem) => {
  await using project = await temporaryProject({ ...local, 'config/.env.local': `${line}\n` });
  const error = await refusal(() => project.load({ DATABASE_URL: url }), 'hunter', 'ter22');
  expect(error.problems).toEqual([problem]);
});

it('refuses a file that is not UTF-8 text, or too large for secrets', async () => {
  await using project = await temporaryProject(local);
  const path = await project.write('config/.env.local', 'A=1');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(path, Buffer.from([0x41, 0x3d, 0xff, 0xfe]));
  expect((await refusal(() => project.load())).problems[0]).toBe('config/.env.local is not UTF-8 text');
  await writeFile(path, Buffer.alloc(1024 * 1024 + 1, 'a'));
  expect((await refusal(() => project.load())).problems[0]).toContain('larger than 1 MiB');
});
