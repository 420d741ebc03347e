import { expect, it } from 'vitest';
import { refusal } from './expect-refusal.ts';
import { sandbox, smallest, temporaryProject, url } from './temporary-project.ts';

it('takes each value from the first of: process environment, .env file, config file, default', async () => {
  await using project = await temporaryProject({
    'config/local.ts': `export default { database: { lockTimeout: '1s', statementTimeout: '1m', connectTimeout: '7s' } };`,
    'config/.env.local': `# comment\nDATABASE_URL=${url}\nDATABASE_LOCK_TIMEOUT=2s\nDATABASE_STATEMENT_TIMEOUT=2m\n`,
  });
  const { environment, explain } = await project.load({ DATABASE_LOCK_TIMEOUT: '3s' });
  expect(environment.database).toMatchObject({
    lockTimeout: 3000,
    statementTimeout: 120_000,
    connectTimeout: 7000,
    lockWait: 60_000,
  });
  const sources = Object.fromEntries(explain().map(({ key, value, source }) => [key, `${value} from ${source}`]));
  expect(sources).toMatchObject({
    'database.url': '*** from config/.env.local:2',
    'database.lockTimeout': '3s from process environment DATABASE_LOCK_TIMEOUT',
    'database.statementTimeout': '2m from config/.env.local:4',
    'database.connectTimeout': '7s from config/local.ts',
    'database.lockWait': '60s from default',
    'database.adminUrl': 'not set from default',
  });
});

it('takes an empty variable for one that is not set', async () => {
  await using project = await temporaryProject({
    'config/local.ts': smallest,
    'config/.env.local': `DATABASE_URL=${url}\nDATABASE_LOCK_TIMEOUT=\n`,
  });
  const { environment } = await project.load({ DATABASE_URL: '', DATABASE_LOCK_TIMEOUT: '' });
  expect((await environment.database.url!.resolve()).reveal()).toBe(url);
  expect(environment.database.lockTimeout).toBe(10_000);
});

it('knows every default', async () => {
  await using project = await temporaryProject({ 'config/local.ts': smallest });
  const { environment } = await project.load({ DATABASE_URL: url });
  expect(environment).toMatchObject({
    sandbox: false,
    database: {
      embedded: undefined,
      adminUrl: undefined,
      roles: { app: undefined },
      lockTimeout: 10_000,
      statementTimeout: 900_000,
      connectTimeout: 10_000,
      lockWait: 60_000,
    },
    migrations: {
      directories: [project.path('tasks/migration/migrations')],
      schemaFile: project.path('tasks/migration/schema.sql'),
      tableName: 'knex_migrations',
      loadExtensions: ['.ts', '.js', '.mjs', '.cjs', '.sql'],
      sortDirsSeparately: false,
      disableTransactions: false,
      disableMigrationsListValidation: false,
    },
    seeds: { directory: project.path('tasks/db/seeds'), sets: 'all' },
    logs: { keep: 50 },
  });
});

it('cannot be changed by anybody', async () => {
  await using project = await temporaryProject({ 'config/local.ts': sandbox(`seeds: { sets: ['places'] },`) });
  const { environment } = await project.load({ DATABASE_URL: url });
  expect(() => Object.assign(environment.database, { lockTimeout: 0 })).toThrow(TypeError);
  expect(() => (environment.seeds.sets as string[]).push('more')).toThrow(TypeError);
});

it('tells every problem at once, each with key, origin, what is expected and a remedy', async () => {
  await using project = await temporaryProject({
    'config/local.ts': `export default {
      sandbox: 'yes',
      databse: {},
      database: { lockTimeout: 10, roles: { app: {} }, keep: 1 },
      migrations: { directories: 'migrations', tableName: '', loadExtensions: ['.ts', 'sql'] },
      seeds: [],
      logs: { keep: 0 },
      colour: null,
    };`,
    'config/.env.local': 'DATABASE_STATEMENT_TIMEOUT=soon\nDATABASE_ULR=x\nnonsense\n',
  });
  const error = await refusal(() => project.load({ DATABASE_CONNECT_TIMEOUT: '30d' }));
  expect(error).toMatchObject({
    exitCode: 78,
    code: 'CONFIG_INVALID',
    message: 'the configuration of local has 16 problems',
  });
  expect([...error.problems].sort()).toEqual(
    [
      'DATABASE_ULR (config/.env.local:2): nothing reads this variable; did you mean DATABASE_URL?',
      'colour (config/local.ts): there is no such key; remove it',
      'config/.env.local:3: neither NAME=value nor a comment; correct or remove the line',
      'database.connectTimeout (process environment DATABASE_CONNECT_TIMEOUT): is too long, the limit is 24d',
      'database.keep (config/local.ts): there is no such key; it belongs to deployment.keep or logs.keep',
      'database.lockTimeout (config/local.ts): expected a duration like 500ms, 30s, 5m, 2h, 1d or 1h30m, found 10; for example 30s',
      'database.roles.app.name (config/local.ts): missing; expected a PostgreSQL name of 1 to 63 bytes, for example simulations',
      'database.statementTimeout (config/.env.local:1): expected a duration like 500ms, 30s, 5m, 2h, 1d or 1h30m, found "soon"; for example 30s',
      'database.url: missing; nothing says where the database of local is: set DATABASE_URL in the process environment or in config/.env.local, for example postgres://user:password@host:5432/database',
      'databse (config/local.ts): there is no such key; did you mean database?',
      'logs.keep (config/local.ts): expected a whole number from 1 to 100000, found 0; for example 50',
      'migrations.directories (config/local.ts): expected a list, each a path, absolute or from the root of the project, found "migrations"; for example [\'tasks/migration/migrations\']',
      "migrations.loadExtensions[1] (config/local.ts): expected a list of file extensions with their dot, found \"sql\"; for example ['.ts', '.sql']",
      'migrations.tableName (config/local.ts): expected a PostgreSQL name of 1 to 63 bytes, found ""; for example simulations',
      'sandbox (config/local.ts): expected true or false, found "yes"; for example true',
      'seeds (config/local.ts): expected an object with directory, sets, found a list',
    ].sort(),
  );
});

it.each(['__proto__x', 'constructor', 'toString', 'hasOwnProperty'])(
  'takes no key %s from the language',
  async (name) => {
    await using project = await temporaryProject({ 'config/local.ts': `export default { '${name}': 1 };` });
    const error = await refusal(() => project.load({ DATABASE_URL: url }));
    expect(error.problems).toEqual([expect.stringContaining(`${name} (config/local.ts): there is no such key`)]);
  },
);

it('lets null be a mistake, not a default', async () => {
  await using project = await temporaryProject({ 'config/local.ts': 'export default { logs: { keep: null } };' });
  const error = await refusal(() => project.load({ DATABASE_URL: url }));
  expect(error.problems).toEqual([expect.stringContaining('found null')]);
});

it('gives the embedded PostgreSQL to sandboxes only', async () => {
  const embedded = `database: { embedded: { database: 'a', owner: 'b' } },`;
  await using project = await temporaryProject({
    'config/local.ts': sandbox(embedded),
    'config/staging.ts': `export default { ${embedded} };`,
    'config/production.ts': sandbox(embedded),
  });
  expect((await project.load()).environment.database.embedded).toMatchObject({ database: 'a', owner: 'b' });
  expect((await refusal(() => project.load({}, 'staging'))).problems).toEqual([
    expect.stringContaining('only a sandbox may use the embedded PostgreSQL'),
  ]);
  expect((await refusal(() => project.load({}, 'production'))).problems).toEqual([
    expect.stringContaining('production is no sandbox'),
  ]);
});

it('does not touch process.env', async () => {
  await using project = await temporaryProject({
    'config/local.ts': smallest,
    'config/.env.local': `DATABASE_URL=${url}\nDATABASE_LOCK_WAIT_NOT_READ=\n`,
  });
  const before = { ...process.env };
  await refusal(() => project.load());
  expect({ ...process.env }).toEqual(before);
});
