import { realpath } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { databaseUrl } from '../src/index.ts';
import { refusal } from './expect-refusal.ts';
import { sandbox, type TemporaryProject, temporaryProject, url } from './temporary-project.ts';

const local = { 'config/local.ts': sandbox(`database: { embedded: { database: 'my db', owner: 'own/er' } },`) };
const record = { id: 'a', version: '18.4', home: '/h', port: 54_321, socketDirectory: '/s' };
const state = JSON.stringify(record);
const env = { DATABASE_OWNER_PASSWORD: 'p@ss:w/rd%' };

it('prefers DATABASE_URL to the embedded PostgreSQL', async () => {
  await using project = await temporaryProject(local);
  const { environment } = await project.load({ ...env, DATABASE_URL: url });
  expect((await databaseUrl(environment, { stateDirectory: project.path('.ops') })).reveal()).toBe(url);
});

it('makes the URL of the embedded PostgreSQL from its record, each part encoded', async () => {
  await using project = await temporaryProject(local);
  await writeRecord(project);
  const { environment } = await project.load(env);
  const secret = await databaseUrl(environment, { stateDirectory: project.path('.ops') });
  expect(secret.reveal()).toBe('postgres://own%2Fer:p%40ss%3Aw%2Frd%25@127.0.0.1:54321/my%20db');
  expect(String(secret)).not.toContain('p%40ss');
});

it.each([
  ['no record', undefined, 'the embedded PostgreSQL is not set up'],
  ['half a record', state.slice(0, 20), 'the record of the embedded PostgreSQL is broken'],
  ['no port', '{}', 'names no port'],
  ['no number', '{"port":"54321"}', 'names no port'],
  ['no object', 'null', 'names no port'],
])('says how to start it when there is %s', async (_what, text, message) => {
  await using project = await temporaryProject(
    text === undefined ? local : { ...local, '.ops/local-postgres.json': text },
  );
  const { environment } = await project.load(env);
  const error = await refusal(() => databaseUrl(environment, { stateDirectory: project.path('.ops') }));
  expect(error).toMatchObject({ exitCode: 69, hint: 'pnpm --filter setup run setup' });
  expect(error.message).toContain(message);
});

it('fails closed without the password of the owner', async () => {
  await using project = await temporaryProject(local);
  await writeRecord(project);
  const { environment } = await project.load();
  const error = await refusal(() => databaseUrl(environment, { stateDirectory: project.path('.ops') }));
  expect(error).toMatchObject({
    exitCode: 78,
    message: 'local is not set up yet: DATABASE_OWNER_PASSWORD is missing, and setup creates it',
    hint: 'pnpm ops run setup --env local',
  });
});

it('refuses the record of the checkout that this one was copied from', async () => {
  await using project = await temporaryProject(local);
  await using copy = await temporaryProject({ ...local, '.ops/local-postgres.json': await writeRecord(project) });
  const { environment } = await copy.load(env);
  const error = await refusal(() => databaseUrl(environment, { stateDirectory: copy.path('.ops') }));
  expect(error).toMatchObject({ exitCode: 69, message: expect.stringContaining('written for another checkout') });
});

async function writeRecord(project: TemporaryProject): Promise<string> {
  const text = JSON.stringify({ ...record, stateDirectory: `${await realpath(project.root)}/.ops` });
  await project.write('.ops/local-postgres.json', text);
  return text;
}
