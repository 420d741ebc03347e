import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beginRun, finishRun, migrateLedger, type RunIntent, setEnvironment } from '@opsgraph/ledger';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import type { Ended } from '@opsgraph/testing/follow-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from './workspace.ts';

let workspace: Workspace;
let database: TestDatabase;

const run = (id: string, task: string): RunIntent => ({
  id,
  domain: task.split(':')[0]!,
  task,
  effect: 'write',
  dryRun: false,
  environment: 'local',
  arguments: {},
  actor: 'ada',
  host: 'elsewhere',
  ciJob: undefined,
  gitCommit: undefined,
});

beforeAll(async () => {
  workspace = createWorkspace();
  database = await createTestDatabase();
  await database.session(async (session) => {
    await migrateLedger(session);
    await setEnvironment(session, 'local', 'test');
    await beginRun(session, run('20260101T000000000Z-00000001', 'db:seed'));
    await finishRun(session, '20260101T000000000Z-00000001', {
      outcome: 'changed',
      exitCode: 0,
      counts: { insert: 3 },
      summary: 'three rows',
      error: undefined,
    });
    await beginRun(session, run('20260101T000000000Z-00000002', 'migration:migrate'));
  });
  mkdirSync(join(workspace.root, '.ops'));
  const line = (fields: object): void =>
    appendFileSync(join(workspace.root, '.ops', 'audit.jsonl'), `${JSON.stringify(fields)}\n`);
  const local = { environment: 'local', actor: 'me', host: 'here', dryRun: false };
  const time = '2026-01-02T03:04:05.678Z';
  line({ time, run: 'unreached', task: 'db:status', event: 'intent', ...local });
  line({
    time,
    run: 'unreached',
    task: 'db:status',
    event: 'outcome',
    environment: 'local',
    outcome: 'failed',
    exitCode: 69,
    error: { code: 'UNREACHABLE', message: 'nobody answers' },
    milliseconds: 12,
  });
  line({ time, run: 'killed', task: 'setup:configure', event: 'intent', ...local });
  line({ time, run: 'elsewhere', task: 'db:seed', event: 'intent', ...local, environment: 'other' });
  line({ time, run: '20260101T000000000Z-00000001', task: 'db:seed', event: 'intent', ...local });
  appendFileSync(join(workspace.root, '.ops', 'audit.jsonl'), '{"time":"2026-01-02T03:04:05');
});
afterAll(async () => {
  await database.drop();
  workspace.remove();
});

const history = (args: string[] = [], url = database.url.reveal()): Promise<Ended> =>
  workspace.run(['history', ...args], { DATABASE_URL: url });
const tasksOf = ({ stdout }: Ended): unknown[] =>
  (JSON.parse(stdout) as { runs: { task: string; outcome?: string; source: string }[] }).runs.map(
    ({ task, outcome, source }) => [task, outcome, source],
  );

describe('history', () => {
  it('has each run once: those of the ledger, and those that never reached the target', async () => {
    const end = await history(['--json']);
    expect(end.code).toBe(0);
    expect(tasksOf(end)).toEqual(
      expect.arrayContaining([
        ['db:seed', 'changed', 'ledger'],
        ['migration:migrate', undefined, 'ledger'],
        ['db:status', 'failed', 'local'],
        ['setup:configure', undefined, 'local'],
      ]),
    );
    expect(tasksOf(end)).toHaveLength(4);
  });

  it('shows a run that never told its outcome as such, and one with an open session as running', async () => {
    expect((await history()).stdout).toMatch(/\? no outcome +migration:migrate +began and recorded no outcome/);
    await database.session(
      async () => {
        expect((await history()).stdout).toMatch(/… running +migration:migrate +has a session open/);
      },
      { applicationName: 'ops migration:migrate 20260101T000000000Z-00000002 control' },
    );
  });

  it('can be narrowed to a task, a domain, a time and a number', async () => {
    expect(tasksOf(await history(['--json', '--task', 'seed']))).toEqual([['db:seed', 'changed', 'ledger']]);
    expect(tasksOf(await history(['--json', '--task', 'db']))).toHaveLength(2);
    expect(tasksOf(await history(['--json', '--limit', '1']))).toHaveLength(1);
    const lately = tasksOf(await history(['--json', '--since', '1h']));
    expect(lately.map((entry) => (entry as string[])[0]).sort()).toEqual(['db:seed', 'migration:migrate']);
  });

  it('says so when the ledger cannot be read, and shows what it knows all the same', async () => {
    const nowhere = new URL(database.url.reveal());
    nowhere.port = '1';
    const { code, stdout, stderr } = await history([], nowhere.href);
    expect([code, stdout.includes('setup:configure')]).toEqual([0, true]);
    expect(stderr).toMatch(/the ledger of local was not read/);
    expect(stderr + stdout).not.toContain(nowhere.password === '' ? '\0' : nowhere.password);
  });

  it('does not show the runs of another environment as those of this one', async () => {
    const { stdout, stderr } = await history(['--env', 'other']);
    expect(stderr).toContain('the target is "local", not "other"');
    expect(stdout).toMatch(/no outcome +db:seed/);
    expect(stdout).not.toContain('migration:migrate');
  });

  it('tells every wrong option at once', async () => {
    expect(await history(['--limit', '0', '--since', 'yesteryear', 'x'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('3 problems'),
    });
  });
});
