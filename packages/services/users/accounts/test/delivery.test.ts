import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDelivery } from '../src/delivery.ts';
import { makeKey } from '../src/keys/key.ts';
import { refusal } from './support.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'opsgraph-delivery-'));
  path = join(directory, 'key');
});
afterEach(() => rmSync(directory, { recursive: true }));

const { secret } = makeKey('sim');
const prepare = () => prepareDelivery({ to: 'file', path }, secret);

describe('a file', () => {
  it('is there in full and for its owner alone, and only after the key is valid', async () => {
    const delivery = await prepare();
    expect(readdirSync(directory)).not.toContain('key');
    await delivery.deliver();
    expect(readdirSync(directory)).toEqual(['key']);
    expect(readFileSync(path, 'utf8')).toBe(`${secret.reveal()}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind when the key did not become valid', async () => {
    await (await prepare()).discard();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('replaces the one with the former key, and makes it private', async () => {
    writeFileSync(path, `${makeKey('sim').secret.reveal()}\n`);
    chmodSync(path, 0o644);
    await (await prepare()).deliver();
    expect(readFileSync(path, 'utf8')).toBe(`${secret.reveal()}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('replaces a link, not what it points to', async () => {
    const target = join(directory, 'target');
    writeFileSync(target, '');
    symlinkSync(target, path);
    await (await prepare()).deliver();
    expect(readFileSync(target, 'utf8')).toBe('');
  });

  it('never replaces a file that holds anything else', async () => {
    writeFileSync(path, 'ssh-ed25519 AAAA');
    expect(await refusal(prepare)).toMatchObject({ code: 'FILE_EXISTS', exit: 'refused' });
    expect(readFileSync(path, 'utf8')).toBe('ssh-ed25519 AAAA');
  });

  it('is refused where none can be', async () => {
    path = join(directory, 'missing', 'key');
    expect(await refusal(prepare)).toMatchObject({ exit: 'cannotCreate' });
    path = directory;
    expect(await refusal(prepare)).toMatchObject({ exit: 'refused' });
  });

  it('that cannot be written in full is an error before the key is valid, and leaves nothing', async () => {
    // No file may grow: what a full disk does, for this process alone.
    const fixture = join(import.meta.dirname, 'fixtures', 'write-key.ts');
    const script = 'ulimit -f 0; exec "$0" "$1" "$2"';
    const { stdout } = await promisify(execFile)('sh', ['-c', script, process.execPath, fixture, path]);
    expect(stdout).toMatch(/^ioError: .*key cannot be written: EFBIG/);
    expect(readdirSync(directory)).toEqual([]);
  });
});

it('refuses to show a secret where stdout is kept', async () => {
  const { code, text } = await refusal(() => prepareDelivery({ to: 'stdout', isLogged: true }, secret));
  expect(code).toBe('SECRET_WOULD_BE_LOGGED');
  expect(text).toContain('--out');
});
