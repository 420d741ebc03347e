import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Secret } from '@opsgraph/secrets';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CommandFailed, run } from '../src/index.ts';

describe('run', () => {
  it('gives the program exactly its arguments; no shell reads them', async () => {
    const words = ['$(id)', '`id`', '; id', '*', '', ' ', "'", '"', '\n', '--', '🙂'];
    const { stdout, exitCode } = await run([
      process.execPath,
      '-e',
      'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...words,
    ]);
    expect(JSON.parse(stdout)).toEqual(words);
    expect(exitCode).toBe(0);
  });

  it('keeps the exit code of the child and the last lines of its stderr, masked', async () => {
    new Secret('PASSWORD', 'swordfish-1');
    const failed = run(['sh', '-c', 'seq 100 >&2; echo "login with swordfish-1 failed" >&2; exit 75']);
    await expect(failed).rejects.toBeInstanceOf(CommandFailed);
    const error = (await failed.catch((caught: unknown) => caught)) as CommandFailed;
    expect(error).toMatchObject({
      code: 'COMMAND_FAILED',
      exitCode: 76,
      childExitCode: 75,
      childSignal: undefined,
      message: 'sh ended with exit code 75',
    });
    expect(error.problems.at(-1)).toBe('login with *** failed');
    expect(error.problems).toHaveLength(12);
  });

  it('gives its output to who listens, and has none of it in the result', async () => {
    const heard = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const onOutput = {
      stdout: (piece: Buffer) => void heard.stdout.push(piece),
      stderr: (piece: Buffer) => void heard.stderr.push(piece),
    };
    const input = 'read\n'.repeat(100_000);
    const result = await run(['sh', '-c', 'cat; echo warning >&2'], { stdin: input, onOutput });
    expect(result).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect(Buffer.concat(heard.stdout).toString()).toBe(input);
    expect(Buffer.concat(heard.stderr).toString()).toBe('warning\n');
    await expect(run(['no-such-program'], { onOutput })).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    await expect(run(['sleep', '300'], { onOutput, timeout: 100 })).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' });
  });

  it('takes a signal that killed the child for a failure, whatever codes are allowed', async () => {
    await expect(run(['sh', '-c', 'kill -9 $$'], { allowedExitCodes: [0, 137] })).rejects.toMatchObject({
      childExitCode: 137,
      childSignal: 'SIGKILL',
    });
  });

  it('returns an allowed exit code as a result', async () => {
    await expect(run(['sh', '-c', 'echo found; exit 1'], { allowedExitCodes: [0, 1] })).resolves.toEqual({
      stdout: 'found\n',
      stderr: '',
      exitCode: 1,
    });
  });

  it('tells a missing program, a missing directory and a file that cannot run apart', async () => {
    await expect(run(['no-such-program'])).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      exitCode: 78,
      hint: 'install it, then check: command -v no-such-program',
    });
    await expect(run(['/no/such/program'])).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    await expect(run(['ls'], { cwd: '/no/such/place' })).rejects.toMatchObject({
      code: 'DIRECTORY_MISSING',
      message: 'ls should run in /no/such/place, which is not a directory',
    });
    await expect(run(['/etc/passwd'])).rejects.toMatchObject({ code: 'COMMAND_NOT_STARTED', exitCode: 76 });
    const script = join(await mkdtemp(join(tmpdir(), 'opsgraph-run-')), 'script');
    onTestFinished(() => rm(join(script, '..'), { recursive: true }));
    await writeFile(script, '#!/no/such/interpreter\n', { mode: 0o755 });
    await expect(run([script])).rejects.toMatchObject({
      code: 'COMMAND_NOT_STARTED',
      hint: expect.stringContaining('interpreter'),
    });
    await expect(run(['ls', 'a\0b'])).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', exitCode: 65 });
    await expect(run(['ls', 'x'.repeat(300_000)])).rejects.toMatchObject({ code: 'COMMAND_NOT_STARTED' });
  });

  it('hands over a secret by stdin', async () => {
    await expect(run(['cat'], { stdin: new Secret('KEY', 'lock-and-key') })).resolves.toMatchObject({
      stdout: 'lock-and-key',
    });
  });

  it('does not mind a program that ends without reading its input', async () => {
    await expect(run(['true'], { stdin: 'x'.repeat(5_000_000) })).resolves.toMatchObject({ exitCode: 0 });
  });

  it('takes a limit beyond what timers can count for a very long one', async () => {
    await expect(run(['sleep', '0.05'], { timeout: Number.POSITIVE_INFINITY })).resolves.toMatchObject({ exitCode: 0 });
  });

  it('gives empty input to a program that reads without being given any', async () => {
    await expect(run(['cat'], { timeout: 5000 })).resolves.toMatchObject({ stdout: '' });
  });

  it('gets a large output whole', async () => {
    const { stdout } = await run([process.execPath, '-e', 'process.stdout.write("0123456789".repeat(1e6))']);
    expect(stdout).toBe('0123456789'.repeat(1_000_000));
  });

  it('passes output on while it comes, with secrets masked also when split over writes', async () => {
    new Secret('TOKEN', 'abracadabra-7');
    let heard = '';
    const target = new Writable({
      write(chunk, _encoding, done) {
        heard += String(chunk);
        done();
      },
    });
    const script = 'process.stdout.write("token abracad"); setTimeout(() => process.stdout.write("abra-7 end\\n"), 60)';
    const { stdout } = await run([process.execPath, '-e', script], { passOn: { stdout: target } });
    expect(heard).toBe('token *** end\n');
    expect(stdout).toBe('token abracadabra-7 end\n');
    expect(target.writableEnded).toBe(false);
  });

  it('gives the child only the environment it was given, never ZX_*', async () => {
    const { stdout } = await run(['/usr/bin/env'], {
      env: {
        PATH: '/usr/bin',
        ZX_PREFIX: 'echo pwned;',
        zx_shell: '/bin/false',
        GREETING: 'hello',
        NOTHING: undefined,
      },
    });
    expect(stdout.replace(/OPSGRAPH_COMMAND=.*\n/, '')).toBe('PATH=/usr/bin\nGREETING=hello\n');
  });

  it('is not moved by ZX_* in the environment of the task itself', async () => {
    const env = { PATH: '/usr/bin:/bin' };
    const script = `
      process.env.ZX_PREFIX = 'echo pwned;'; process.env.ZX_POSTFIX = '; echo pwned'; process.env.ZX_SHELL = '/bin/false';
      process.env.ZX_TIMEOUT = '1ms'; process.env.ZX_VERBOSE = 'true'; process.env.ZX_CWD = '/nowhere'; process.env.ZX_PREFER_LOCAL = '/tmp';
      const { run } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
      process.stdout.write(JSON.stringify(await run(['sh', '-c', 'sleep 0.1; echo fine'])));`;
    const { stdout, stderr } = await run([process.execPath, '--input-type=module', '-e', script], { env });
    expect(JSON.parse(stdout)).toEqual({ stdout: 'fine\n', stderr: '', exitCode: 0 });
    expect(stderr).toBe('');
  });
});
