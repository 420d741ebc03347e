import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const probed = useProbed();

describe('a task that succeeds', () => {
  it('exits 0, says what it changed and records it', async () => {
    const { code, stdout, stderr } = await probed.project.run(probe, ['--do', 'insert', '--text', 'hello']);
    expect([code, await probed.rows()]).toEqual([0, [{ text: 'hello' }]]);
    expect(stdout).toMatch(/changed {2}db:probe {2}inserted/);
    expect(stderr).toContain('db:probe · local');
    expect(await probed.runs()).toMatchObject([
      {
        task: 'db:probe',
        outcome: 'changed',
        exit_code: 0,
        counts: { insert: 1 },
        arguments: { do: 'insert', text: 'hello' },
      },
    ]);
  });

  it('does the same whatever the shell has for the driver: turbo would not hand it on', async () => {
    for (const PGOPTIONS of ['-c search_path=elsewhere', '-c default_transaction_read_only=on'])
      expect(await probed.project.run(probe, ['--do', 'insert', '--text', 'kept'], { PGOPTIONS })).toMatchObject({
        code: 0,
      });
    expect(await probed.rows()).toEqual([{ text: 'kept' }, { text: 'kept' }]);
  });

  it('shows what would take the terminal over as its escape', async () => {
    const { code, stderr } = await probed.project.run(probe, [
      '--do',
      'say',
      '--text',
      'a\u001b[2J\r\u009b31m\u202eb\tc',
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('  a\\u001b[2J\\r\\u009b31m\\u202eb\\tc\n')]);
  });

  it('says with --quiet what a check has found', async () => {
    expect(await probed.project.run(probe, ['--do', 'find', '--quiet'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('found something'),
      stderr: '',
    });
  });

  it('is silent with --quiet, and one JSON document with --json', async () => {
    expect(await probed.project.run(probe, ['--do', 'insert', '--quiet'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const { stdout } = await probed.project.run(probe, ['--do', 'insert', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      task: 'db:probe',
      environment: 'local',
      outcome: 'changed',
      exitCode: 0,
      changes: [{ action: 'insert', object: 'probe', count: 1 }],
    });
  });

  it('ends as findings, with 1, when a check found something, though nothing broke', async () => {
    const { code, stdout } = await probed.project.run(probe, ['--do', 'find', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { outcome: 'findings', exitCode: 1 }]);
    const audit = readFileSync(join(probed.project.root, '.ops', 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .at(-1)!;
    expect(JSON.parse(audit)).toMatchObject({ event: 'outcome', outcome: 'findings', exitCode: 1 });
    expect(await probed.runs()).toMatchObject([{ outcome: 'findings', exit_code: 1 }]);
  });

  it('gives its reader all it has to say, however long that is', async () => {
    const shown = await probed.project.run(probe, ['--do', 'list']);
    expect(shown.stdout.trimEnd().split('\n').at(-1)).toContain('line 49999');
    const document = await probed.project.run(probe, ['--do', 'list', '--json']);
    expect(JSON.parse(document.stdout)).toMatchObject({ outcome: 'ok' });
  });

  it('leaves private files: a log of the run and two lines of audit', async () => {
    await probed.project.run(probe);
    const state = join(probed.project.root, '.ops');
    const log = readdirSync(join(state, 'logs', 'db-probe'))
      .sort()
      .at(-1)!;
    for (const file of ['audit.jsonl', join('logs', 'db-probe', log)])
      expect(statSync(join(state, file)).mode & 0o777).toBe(0o600);
    const audit = readFileSync(join(state, 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .slice(-2)
      .map((line) => JSON.parse(line));
    expect(audit).toMatchObject([
      { event: 'intent', task: 'db:probe' },
      { event: 'outcome', outcome: 'ok', run: log.replace('.jsonl', '') },
    ]);
  });
});

describe('a task that fails', () => {
  it('shows message, problems and hint on stderr, and nothing on stdout', async () => {
    const { code, stdout, stderr } = await probed.project.run(probe, ['--do', 'refuse']);
    expect([code, stdout]).toEqual([77, '']);
    expect(stderr).toMatch(
      /refused {2}db:probe {2}this is refused\n {2}· first\n {2}· second\n {2}→ ask for something else/,
    );
    expect(await probed.runs()).toMatchObject([
      { outcome: 'refused', exit_code: 77, error: { code: 'PROBE_REFUSED' } },
    ]);
  });

  it('calls anything unforeseen a bug: stack and 70', async () => {
    const { code, stderr } = await probed.project.run(probe, ['--do', 'bug']);
    expect(code).toBe(70);
    expect(stderr).toMatch(/TypeError.*\n.*probe\.ts/s);
    expect(await probed.runs()).toMatchObject([{ outcome: 'failed', exit_code: 70 }]);
  });

  it('tells every usage problem at once, with the nearest option', async () => {
    const { code, stderr } = await probed.project.run(probe, ['--doo', 'insert', '--do', 'dance', 'extra', '--text']);
    expect(code).toBe(64);
    for (const part of [
      '--doo; did you mean --do?',
      '"dance": expected one of',
      'unexpected argument "extra"',
      '--text needs a value',
    ])
      expect(stderr).toContain(part);
    expect(await probed.runs()).toEqual([]);
  });

  it('gives wrong password, missing database and dead port each its own words and code', async () => {
    const url = new URL(probed.project.database.url.reveal());
    const variant = (change: (url: URL) => void): Record<string, string> => {
      const changed = new URL(url);
      change(changed);
      return { DATABASE_URL: changed.href };
    };
    expect(
      await probed.project.run(
        probe,
        [],
        variant((to) => (to.password = 'wrong')),
      ),
    ).toMatchObject({ code: 77, stderr: expect.stringContaining('refused the login') });
    expect(
      await probed.project.run(
        probe,
        [],
        variant((to) => (to.pathname = '/nowhere')),
      ),
    ).toMatchObject({ code: 78, stderr: expect.stringContaining('no database nowhere') });
    expect(
      await probed.project.run(
        probe,
        [],
        variant((to) => (to.port = '1')),
      ),
    ).toMatchObject({ code: 69, stderr: expect.stringContaining('nothing answers') });
    expect(
      await probed.project.run(
        probe,
        [],
        variant((to) => (to.hostname = 'nohost.invalid')),
      ),
    ).toMatchObject({ code: 69, stderr: expect.stringContaining('nohost.invalid') });
    expect(await probed.project.run(probe, [], { DATABASE_URL: 'mysql://x/y' })).toMatchObject({ code: 78 });
  });
});

describe('code of the project inside a task', () => {
  it('prints to stderr: stdout stays one JSON document', async () => {
    const { code, stdout, stderr } = await probed.project.run(probe, ['--do', 'print', '--text', 'hello', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ summary: 'printed' })]);
    expect(stderr).toContain('  │ hello\n  │ hello\n  │ hello in pieces\n  │ ✔ ok  forged\n');
    expect(stderr).toContain('  │ unended\n');
  });

  it('that ends the process fails the task, whatever code it gave', async () => {
    const { code, stderr } = await probed.project.run(probe, ['--do', 'leave']);
    expect([code, stderr]).toEqual([70, expect.stringContaining('the process ended before the task did')]);
    expect(await probed.project.run(probe, ['--do', 'nothing'])).toMatchObject({ code: 0 });
    expect(await probed.runs()).toMatchObject([{ exit_code: null }, { outcome: 'ok' }]);
  });
});

describe('secrets', () => {
  it('never reach stdout, stderr, log, audit or ledger, however they are written', async () => {
    const canary = 'Geheim/42+ü=%canary';
    const { stdout, stderr } = await probed.project.run(probe, ['--do', 'leak', '--text', canary, '--verbose']);
    const json = await probed.project.run(probe, ['--do', 'leak', '--text', canary, '--json']);
    const state = join(probed.project.root, '.ops');
    const logs = globSync('logs/*/*.jsonl', { cwd: state }).map((name) => readFileSync(join(state, name), 'utf8'));
    const outcomes = readFileSync(join(state, 'audit.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"outcome"'));
    const seen = [
      stdout,
      stderr,
      json.stdout,
      json.stderr,
      ...logs,
      ...outcomes,
      JSON.stringify(
        await probed.project.database.session((session) => session.query('SELECT summary, counts, error FROM ops.run')),
      ),
    ].join('\n');
    for (const form of [
      canary,
      encodeURIComponent(canary),
      Buffer.from(canary).toString('base64'),
      Buffer.from(`user:${canary}`).toString('base64').slice(8, -4),
    ]) {
      expect(seen).not.toContain(form);
    }
  });
});
