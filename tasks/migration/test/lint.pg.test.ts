import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { afterEach, expect, it } from 'vitest';

const lint = join(import.meta.dirname, '..', 'lint.ts');
const migrate = join(import.meta.dirname, '..', 'migrate.ts');
const directory = 'tasks/migration/migrations';
const projects: TaskProject[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

async function project(files: Record<string, string>, config = 'export default {};\n'): Promise<TaskProject> {
  const made = await createTaskProject();
  projects.push(made);
  made.write('config/local.ts', config);
  for (const [name, content] of Object.entries(files)) made.write(`${directory}/${name}`, content);
  return made;
}

interface Shown {
  result: { files: number; findings: { rule: string; level: string; file: string; line: number; column: number }[] };
}

async function findings(of: TaskProject, args: string[] = [], env: Record<string, string> = {}) {
  const ended = await of.run(lint, [...args, '--json'], env);
  const { result } = JSON.parse(ended.stdout) as Shown;
  return {
    code: ended.code,
    places: result.findings.map(({ rule, file, line }) => `${file.split('/').at(-1)}:${line} ${rule}`),
  };
}

const runs =
  '-- migrate:up\nCREATE TABLE runs (id bigint PRIMARY KEY, owner bigint);\n-- migrate:down\nDROP TABLE runs;\n';
const index = '-- migrate:up\n\nCREATE INDEX by_owner ON runs (owner);\n-- migrate:down\nDROP INDEX by_owner;\n';

it('looks at what is pending: SQL files by their lines, knex migrations by what they send', async () => {
  const made = await project({ '1_runs.sql': runs });
  expect(await made.run(migrate)).toMatchObject({ code: 0 });
  made.write(`${directory}/2_index.sql`, index);
  made.write(
    `${directory}/3_code.js`,
    "exports.up = (knex) => knex.schema.alterTable('runs', (t) => { t.string('code', 30).unique(); });\nexports.down = () => {};\n",
  );
  expect(await findings(made)).toEqual({
    code: 1,
    places: ['2_index.sql:3 create-index', '3_code.js:3 add-unique'],
  });
  await made.database.session(async (session) => {
    expect(await session.query("SELECT indexname FROM pg_indexes WHERE tablename = 'runs'")).toHaveLength(1);
  });
});

it('shows a block for each finding, and ends well when a reason is given', async () => {
  const made = await project({ '1_runs.sql': runs });
  await made.run(migrate);
  made.write(`${directory}/2_index.sql`, index);
  const told = await made.run(lint);
  expect(told.code).toBe(1);
  expect(told.stdout).toContain(`${directory}/2_index.sql:3:1  create-index`);
  expect(told.stdout).toContain('writes of runs (SHARE lock)');
  expect(told.stdout).toContain('CREATE INDEX CONCURRENTLY IF NOT EXISTS by_owner ON runs');
  made.write(
    `${directory}/2_index.sql`,
    index.replace('CREATE', '-- lint: allow create-index because the table is empty until spring\nCREATE'),
  );
  expect(await made.run(lint)).toMatchObject({ code: 0 });
});

it('needs no database for the SQL files, and says which migrations it cannot know', async () => {
  const made = await project({
    '1_runs.sql': runs,
    '2_index.sql': index,
    '3_code.js': 'exports.up = () => {};\nexports.down = () => {};\n',
  });
  const nowhere = { DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none' };
  expect(await findings(made, ['--files', '--from', '2_index'], nowhere)).toEqual({
    code: 1,
    places: ['2_index.sql:3 create-index'],
  });
  const told = await made.run(lint, ['--files'], nowhere);
  expect(told.stdout + told.stderr).toContain('1 finding in 2 migrations; 1 knex migration left out');
  expect(await made.run(lint, ['--files', '--from', '9_none'], nowhere)).toMatchObject({ code: 64 });
});

it('takes rules away by the configuration, with a reason, and refuses rules there are not', async () => {
  const disabled = await project(
    { '2_index.sql': index },
    "export default { migrations: { lint: { disable: { 'create-index': 'all tables are small' } } } };\n",
  );
  expect(await findings(disabled, ['--files'])).toEqual({ code: 0, places: [] });
  disabled.write('config/local.ts', "export default { migrations: { lint: { disable: { 'create-index': '' } } } };\n");
  expect(await disabled.run(lint, ['--files'])).toMatchObject({ code: 78 });
  disabled.write('config/local.ts', "export default { migrations: { lint: { disable: { 'no-rule': 'x' } } } };\n");
  expect(await disabled.run(lint, ['--files'])).toMatchObject({ code: 78 });
});

it('tells the findings of SQL files also when a knex migration cannot be rehearsed', async () => {
  const made = await project({
    '1_runs.sql': runs.replace('CREATE', 'DROP TABLE IF EXISTS old;\nCREATE'),
    '2_broken.js': "exports.up = (knex) => knex.raw('SELECT nothing_there()');\nexports.down = () => {};\n",
  });
  expect(await findings(made)).toEqual({
    code: 1,
    places: ['1_runs.sql:2 drop-table', '2_broken.js:1 not-read'],
  });
});

it('claims nothing of what it did not look at: nothing is pending', async () => {
  const made = await project({ '1_runs.sql': runs });
  await made.run(migrate);
  const told = await made.run(lint);
  expect(told.code).toBe(0);
  expect(told.stdout + told.stderr).toContain('there was no migration to look at');
  expect(told.stdout + told.stderr).not.toContain('unsafe');
});
