import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProgram } from '../src/run/callers.ts';

const turbo = /(^|\/)turbo$/;

describe.runIf(process.platform === 'linux')('a caller is recognised by its command line', () => {
  it.each([
    ['turbo', true],
    ["/home/it's 日本 (dir)/node_modules/turbo", true],
    ['turbo run seed', true],
    ['/opt/turbo drive/bin/other', false],
    ['turbofan', false],
  ])('%s', async (argv0, expected) => {
    const child = spawn('sleep', ['60'], { argv0, stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      expect(isProgram(child.pid!, turbo)).toBe(expected);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('also as what an interpreter runs, and not as a word of a shell', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'opsgraph callers '));
    const script = join(directory, 'turbo');
    writeFileSync(script, 'read line\n');
    const seen = async (args: string[]): Promise<boolean> => {
      const child = spawn('sh', args, { stdio: ['pipe', 'ignore', 'inherit'] });
      await once(child, 'spawn');
      const found = isProgram(child.pid!, turbo);
      child.stdin.end();
      return found;
    };
    try {
      expect(await seen([script])).toBe(true);
      expect(await seen(['-c', 'read line; : turbo'])).toBe(false);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
