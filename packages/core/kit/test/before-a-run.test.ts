import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '..', 'launch.mjs');
const fixture = join(import.meta.dirname, 'fixtures', 'secretive.ts');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'opsgraph-before-'));
  writeFileSync(join(directory, 'file'), '');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('what is wrong before there is a run has its code, and one JSON document', () => {
  it.each([
    ['a command line', ['--bogus', '--json'], {}, 64, 'USAGE'],
    ['even the wish for the document', ['--json=yes'], {}, 64, 'USAGE'],
    ['a root that is none', ['--json'], { OPS_ROOT: '/nowhere' }, 78, 'PROJECT_ROOT_INVALID'],
    ['a state directory that cannot be', ['--json'], { OPS_STATE_DIR: 'file/state' }, 73, 'STATE_DIRECTORY'],
  ])('%s', async (_, args, env, exitCode, code) => {
    const ended = await promisify(execFile)(process.execPath, [launcher, fixture, ...args], {
      env: { PATH: process.env['PATH'], OPS_ROOT: directory, ...env },
    }).catch((error: { code: number; stdout: string; stderr: string }) => error);
    expect(ended).toMatchObject({
      code: exitCode,
      stderr: expect.stringMatching(/^✖ db:secretive {2}.+\n {2}→ .+\n$/),
    });
    expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: 'failed', exitCode, error: { code } });
  });
});
