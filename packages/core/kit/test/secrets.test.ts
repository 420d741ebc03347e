import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promptHidden } from '@opsgraph/terminal/ask';
import { followProcess } from '@opsgraph/testing/follow-process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderHelp } from '../src/definition/help.ts';
import { parseArguments } from '../src/definition/parse-arguments.ts';
import { secretPorts } from '../src/definition/secret-ports.ts';
import { secretive } from './fixtures/secretive.ts';

const launcher = join(import.meta.dirname, '..', 'launch.mjs');
const fixture = join(import.meta.dirname, 'fixtures', 'secretive.ts');
const canary = 'c4nary-/+Ü "q" 7f3a';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'opsgraph-secretive-'));
  mkdirSync(join(root, 'config'));
  const url = "database: { url: 'env:DATABASE_URL' }";
  for (const name of ['local', 'other'])
    writeFileSync(join(root, 'config', `${name}.ts`), `export default { ${url} };\n`);
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => rmSync(join(root, '.ops'), { recursive: true, force: true }));

function run(args: string[], stdin = '', env: Record<string, string> = {}) {
  const base = { PATH: process.env['PATH'], OPS_ROOT: root, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' };
  const child = spawn(process.execPath, [launcher, fixture, ...args], { cwd: root, env: { ...base, ...env } });
  child.stdin.end(stdin);
  return followProcess(child).ended;
}

/** Everything the run left in the state directory. */
function traces(): string {
  const state = join(root, '.ops');
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n');
}

describe('what a task reveals', () => {
  it('stands on a line of its own on stdout, and nowhere else', async () => {
    const { code, stdout, stderr } = await run(['--from', 'stdin'], `${canary}\n`);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes(canary))).toEqual([canary]);
    expect(stdout).toContain('The secret, shown this once and stored nowhere:\n');
    expect(stderr).not.toContain('c4nary');
    expect(traces()).toContain('it is ***');
    expect(traces()).not.toContain('c4nary');
  });

  it('is all that --quiet prints', async () => {
    expect(await run(['--from', 'stdin', '--quiet'], canary)).toEqual({
      code: 0,
      stdout: `${canary}\n`,
      stderr: '',
      milliseconds: expect.any(Number),
    });
  });

  it('has one marked place in the JSON document', async () => {
    const { stdout } = await run(['--from', 'stdin', '--json'], canary);
    const { reveal, ...rest } = JSON.parse(stdout);
    expect(reveal).toEqual({ label: 'The secret', value: canary, shownOnce: true });
    expect(rest).toMatchObject({ summary: 'it is ***', changes: [{ object: '***' }], result: { secret: '***' } });
  });
});

describe('a secret', () => {
  it.each(['--password', '--password=', '--passwort'])(
    'on the command line (%s) is refused, not shown, not recorded',
    async (option) => {
      const given = option.endsWith('=') ? [`${option}${canary}`] : [option, canary];
      const { code, stdout, stderr } = await run([...given, '--json']);
      expect(code).toBe(64);
      expect(stdout + stderr).not.toContain('c4nary');
      expect(readdirSync(root)).not.toContain('.ops');
      if (option !== '--passwort') expect(stderr).toContain('--password is not accepted: use --from instead');
    },
  );

  it('where a source is expected is refused and not shown', async () => {
    const { code, stderr } = await run(['--from', canary]);
    expect(code).toBe(64);
    expect(stderr).toContain('none, prompt, stdin, file:PATH');
    expect(stderr).not.toContain('c4nary');
  });

  it('comes from a private file, relative to the caller, or from a program', async () => {
    writeFileSync(join(root, 'secret'), `${canary}\n`, { mode: 0o600 });
    expect((await run(['--from', 'file:secret', '--quiet'])).stdout).toBe(`${canary}\n`);
    expect((await run(['--from', 'cmd:cat secret', '--quiet'])).stdout).toBe(`${canary}\n`);
    expect(await run(['--from', 'file:missing'])).toMatchObject({ code: 78 });
    expect(await run(['--from', 'cmd:false'])).toMatchObject({ code: 78 });
  });

  it('that does not come is an error at once', async () => {
    expect(await run(['--from', 'stdin'], '')).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('standard input is closed or empty'),
    });
    expect(await run(['--from', 'prompt'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('there is no terminal'),
    });
  });

  it('is handed to a program on its standard input, never in its arguments', async () => {
    const sink = 'cmd:sh -c "cat > taken; tr -d \'\\\\0\' < /proc/$$/cmdline > arguments || true"'.replace(
      '$$',
      '\\$\\$',
    );
    expect(await run(['--from', 'stdin', '--to', sink], canary)).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, 'taken'), 'utf8')).toBe(canary);
    expect(readFileSync(join(root, 'arguments'), 'utf8')).not.toContain('c4nary');
    expect(await run(['--from', 'stdin', '--to', 'cmd:false'], canary)).toMatchObject({ code: 76 });
    expect(await run(['--from', 'stdin', '--to', 'vault'], canary)).toMatchObject({ code: 64 });
  });
});

it('tells a task that stdout is kept in a log', async () => {
  const isLogged = (env: Record<string, string>) =>
    secretPorts({ root, env, canAsk: false, signal: new AbortController().signal }).isLogged;
  expect([isLogged({}), isLogged({ TURBO_HASH: 'x' })]).toEqual([false, true]);
  expect((await run([])).stdout).toContain('logged: false');
  expect((await run([], '', { CI: 'true' })).stdout).toContain('logged: true');
});

it('asks for confirmation where the options make a write severe', async () => {
  expect(await run(['--env', 'other'])).toMatchObject({ code: 0 });
  expect(await run(['--env', 'other', '--severe'])).toMatchObject({ code: 77 });
  expect(await run(['--env', 'other', '--severe', '--confirm', 'other'])).toMatchObject({ code: 0 });
});

it('does not quote a stray word, which may be the secret', async () => {
  const { code, stderr } = await run(['--from', 'prompt', canary]);
  expect([code, stderr]).toEqual([64, expect.stringContaining('unexpected argument in place 3')]);
  expect(stderr).not.toContain(canary);
});

it('leaves refused options out of the help, and names the sources', () => {
  const help = renderHelp(secretive, false);
  expect(help).not.toContain('--password');
  expect(help).toContain('--from none|prompt|stdin|file:PATH');
});

it('resolves the path behind file: from where the caller is', async () => {
  const { options } = await parseArguments(secretive.options, ['--from', 'file:../x'], '/here/there');
  expect(options.from).toBe('file:/here/x');
});

describe('the prompt', () => {
  function terminal() {
    const input = new PassThrough();
    const output = new PassThrough();
    let shown = '';
    output.on('data', (chunk) => (shown += chunk));
    return { input, output, shown: () => shown };
  }

  it('shows the question, nothing of the answer, and understands the backspace', async () => {
    const { input, output, shown } = terminal();
    const answer = promptHidden(['  password: ', '  again: '], new AbortController().signal, input, output);
    // The second answer comes before its question.
    input.write(`${canary}x\u007f\rother\r`);
    expect(await answer).toEqual([canary, 'other']);
    expect(shown()).toBe('  password: \n  again: \n');
  });

  it('ends when the task is stopped, and when the input ends', async () => {
    const { input, output } = terminal();
    const stop = new AbortController();
    const answer = promptHidden(['?'], stop.signal, input, output);
    stop.abort(new Error('stopped'));
    await expect(answer).rejects.toThrow('stopped');
    const second = terminal();
    const closed = promptHidden(['?'], new AbortController().signal, second.input, second.output);
    second.input.end();
    await expect(closed).rejects.toMatchObject({ code: 'SECRET_EMPTY' });
  });

  it('switches the echo of a real terminal off', async () => {
    // script(1) gives the task a terminal and writes down all that it shows.
    const typescript = join(root, 'typescript');
    const command = `${process.execPath} ${launcher} ${fixture} --from prompt --quiet > revealed`;
    const child = spawn('script', ['-qefc', command, typescript], {
      cwd: root,
      env: { PATH: process.env['PATH'], OPS_ROOT: root, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c', TERM: 'dumb' },
    });
    let shown = '';
    child.stdout.on('data', (chunk) => {
      const before = shown;
      shown += chunk;
      if (!before.includes('password:') && shown.includes('password:'))
        child.stdin.write('hidden-answer\rhidden-answer\r');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(readFileSync(join(root, 'revealed'), 'utf8')).toBe('hidden-answer\n');
    expect(readFileSync(typescript, 'utf8')).not.toContain('hidden-answer');
    expect(shown).toContain('password once more:');
    expect(shown).not.toContain('hidden-answer');
  });
});
