import { describe, expect, it } from 'vitest';
import { loadEnvironment, type Section } from '../src/index.ts';
import { temporaryProject } from './temporary-project.ts';

const env = { DATABASE_URL: 'postgres://ana@db.example.org/simulations' };

async function load(file: string, sections: Section[] | undefined, dotenv = '') {
  await using project = await temporaryProject({
    'config/local.ts': `export default { ${file} };`,
    ...(dotenv !== '' && { 'config/.env.local': dotenv }),
  });
  return await loadEnvironment({ root: project.root, name: 'local', env, sections });
}

const refused = expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 78 });

describe('what is wrong in a section', () => {
  const broken = "accounts: { lifetime: 3 }, deployment: { root: 1 }, migrations: { tableName: 'schema_log' }";

  it('is no error for a task that does not read it, but a warning', async () => {
    const { environment, warnings } = await load(broken, ['migrations']);
    expect(environment.migrations.tableName).toBe('schema_log');
    expect(warnings.map((line) => line.split(/[ .]/)[0])).toEqual(expect.arrayContaining(['accounts', 'deployment']));
    expect({ ...environment }.database.lockTimeout).toBe(10_000);
  });

  it('is told to who reads it all the same', async () => {
    const { environment } = await load(broken, ['migrations']);
    expect(() => environment.accounts).toThrow(refused);
    expect(Object.isFrozen(environment)).toBe(true);
  });

  it.each([[['accounts']], [['deployment', 'migrations']], [undefined]] as const)(
    'is an error for %j',
    async (sections) => {
      await expect(load(broken, sections && [...sections])).rejects.toEqual(refused);
    },
  );
});

describe('a key that no section has', () => {
  it.each(['migratoins', 'migration', 'Migrations', 'migrat', 'migrate', 'tableName'])(
    '%s is refused where it was probably meant for what the task reads, and a warning elsewhere',
    async (key) => {
      await expect(load(`${key}: {}`, ['migrations'])).rejects.toEqual(refused);
      expect((await load(`${key}: {}`, ['accounts'])).warnings).toEqual([
        expect.stringContaining(`${key} (config/local.ts)`),
      ]);
    },
  );

  it.each(['databse', 'sandbx', 'log', 'logging'])('%s is refused for every task', async (key) => {
    await expect(load(`${key}: {}`, [])).rejects.toEqual(refused);
  });

  it('is refused where what is in it was probably meant for what the task reads', async () => {
    const key = "schemaChanges: { tableName: 'schema_log' }";
    await expect(load(key, ['migrations'])).rejects.toEqual(refused);
    expect((await load(key, ['accounts'])).warnings).toHaveLength(1);
  });

  it('is a warning when it is like none, and an error for who looks at all', async () => {
    expect((await load('colour: {}', ['migrations'])).warnings).toHaveLength(1);
    await expect(load('colour: {}', undefined)).rejects.toEqual(refused);
  });
});

it('a variable of the .env file that nothing reads is refused: it may have been meant for the database', async () => {
  for (const name of ['DATABASE_ULR', 'DB_ADDRESS']) await expect(load('', [], `${name}=x\n`)).rejects.toEqual(refused);
});
