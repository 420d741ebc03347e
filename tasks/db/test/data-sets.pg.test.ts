import { join } from 'node:path';
import { createTaskProject, type Ended, type TaskProject } from '@opsgraph/kit/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

let project: TaskProject;
beforeEach(async () => {
  project = await createTaskProject({
    prepare: (session) =>
      session.execute(
        `CREATE TABLE owner (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
         CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, owner_id bigint NOT NULL REFERENCES owner)`,
      ),
  });
  project.write(
    'tasks/db/seeds/seeds.ts',
    `function* owners(random) {
       for (let n = 1; n <= 50; n += 1) yield { email: 'owner-' + n + '@example.org' };
     }
     function* items(random) {
       for (let n = 1; n <= 200; n += 1) yield { code: 'i' + n, owner: 'owner-' + random.integer(1, 50) + '@example.org' };
     }
     export default [
       { name: 'owners', table: 'owner', key: ['email'], generate: { seed: 1, rows: owners } },
       { name: 'items', table: 'item', key: ['code'], generate: { seed: 2, rows: items },
         references: { owner_id: { set: 'owners', match: { email: 'owner' } } } },
     ];\n`,
  );
});
afterEach(() => project.remove());

const run = (task: string, ...args: string[]): Promise<Ended> =>
  project.run(join(import.meta.dirname, '..', `${task}.ts`), args);

it('diff ends with 1 while something differs, and with 0 when nothing does', async () => {
  const before = await run('diff', '--limit', '2');
  expect(before).toMatchObject({ code: 1, stdout: expect.stringContaining('… and 48 more to insert') });
  expect((await run('seed')).code).toBe(0);
  expect((await run('diff')).code).toBe(0);
  await project.database.session((session) => session.execute("DELETE FROM item WHERE code = 'i7'"));
  expect(await run('diff')).toMatchObject({ code: 1, stdout: expect.stringContaining('insert (i7)') });
});

it('export-seed writes what seeds back to the same rows, with the entry to add', async () => {
  expect((await run('seed')).code).toBe(0);
  const content = () =>
    project.database.session((session) =>
      session.query('SELECT code, email FROM item JOIN owner ON owner.id = owner_id ORDER BY code COLLATE "C"'),
    );
  const before = await content();
  const { code, stdout } = await run(
    'export-seed',
    '--table',
    'item',
    '--where',
    "t.code LIKE 'i%'",
    '--format',
    'csv',
  );
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("owner_id: { set: 'owners', match: { email: 'owner' } }"),
  ]);
  const entry = stdout.slice(stdout.indexOf('  {\n'), stdout.lastIndexOf('  },') + 5);
  project.write(
    'tasks/db/seeds/seeds.ts',
    `export default [
       { name: 'owners', table: 'owner', key: ['email'], file: 'owner.json' },
       ${entry}
     ];\n`,
  );
  expect((await run('export-seed', '--table', 'owner', '--out', 'tasks/db/seeds/owner.json')).code).toBe(0);
  await project.database.session((session) => session.execute('TRUNCATE owner, item RESTART IDENTITY'));
  expect((await run('seed')).code).toBe(0);
  expect(await content()).toEqual(before);
  expect(await run('export-seed', '--table', 'item', '--format', 'csv', '--json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"outcome": "ok"'),
  });
});

it('export-seed lets no condition write', async () => {
  expect((await run('seed')).code).toBe(0);
  const attack = await run('export-seed', '--table', 'item', '--where', 'true); COMMIT; DELETE FROM item; --');
  expect(attack).toMatchObject({ code: 64, stderr: expect.stringContaining('--where is not a condition') });
  expect(await project.database.session((session) => session.query('SELECT count(*)::int AS n FROM item'))).toEqual([
    { n: 200 },
  ]);
});

it('names file and line of what is wrong in seeds.ts', async () => {
  project.write('tasks/db/seeds/seeds.ts', "export default [\n  { name: 'owners' }\n  { name: 'items' },\n];\n");
  const ended = await run('seed');
  expect([ended.code, ended.stderr]).toEqual([
    78,
    expect.stringMatching(/tasks\/db\/seeds\/seeds\.ts:3: it cannot be/),
  ]);
});

it('says which large set is being written, which takes longer than reading it', async () => {
  project.write(
    'tasks/db/seeds/seeds.ts',
    `function* few() { yield { email: 'one@example.org' }; }
     function* many() { for (let n = 1; n <= 20000; n += 1) yield { code: 'i' + n, owner: 'one@example.org' }; }
     export default [
       { name: 'owners', table: 'owner', key: ['email'], generate: { seed: 1, rows: few } },
       { name: 'items', table: 'item', key: ['code'], generate: { seed: 2, rows: many },
         references: { owner_id: { set: 'owners', match: { email: 'owner' } } } },
     ];\n`,
  );
  const { code, stderr } = await run('seed');
  expect([code, stderr]).toEqual([0, expect.stringContaining('writing 20,000 rows of items')]);
  expect(stderr).not.toContain('rows of owners');
});
