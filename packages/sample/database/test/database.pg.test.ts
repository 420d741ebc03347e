import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { createTaskProject, type Ended, type TaskProject } from '@opsgraph/kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = projectRoot({});
/** What a project with the sample has of it. */
const paths = [
  'config/local.ts',
  ...['migrations', 'backfills', 'seeds', 'schema.sql'].map((path) => join('packages', 'sample', 'database', path)),
];

let project: TaskProject;
beforeAll(async () => {
  project = await createTaskProject();
  for (const path of paths) cpSync(join(repository, path), join(project.root, path), { recursive: true });
});
afterAll(() => project.remove());

const run = (task: string, ...args: string[]): Promise<Ended> =>
  project.run(join(repository, 'tasks', `${task}.ts`), args, { DATABASE_APP_PASSWORD: 'of-the-test' });

it('has migrations that lint, are undone exactly by their downs, and make the committed schema', async () => {
  expect(await run('migration/lint')).toMatchObject({ code: 0 });
  const verified = await run('migration/verify', '--json');
  expect([verified.code, JSON.parse(verified.stdout).result.findings]).toEqual([0, []]);
  const { code, stdout } = await run('migration/schema', '--check');
  expect([code, stdout]).toEqual([0, expect.stringContaining('packages/sample/database/schema.sql is up to date')]);
});

it('takes its data sets and the accounts that its configuration wants', async () => {
  expect(await run('migration/migrate')).toMatchObject({ code: 0 });
  expect(await run('migration/drift')).toMatchObject({ code: 0 });
  expect(await run('db/seed', '--set', 'countries')).toMatchObject({ code: 0 });
  const applied = await run('users/apply', '--json');
  expect(applied, applied.stderr).toMatchObject({ code: 0 });
  const held = `SELECT (SELECT count(*)::int FROM countries) AS countries,
    (SELECT string_agg(email || ' ' || role, ',') FROM users) AS users,
    (SELECT string_agg(name, ',') FROM service_accounts) AS accounts`;
  expect(await project.database.session((session) => session.query(held))).toEqual([
    { countries: 250, users: 'admin@localhost admin', accounts: 'sample-client' },
  ]);
});
