import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
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
import type { AuditFields, AuditIntent } from '@opsgraph/ledger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustedOwners } from '../src/record/private-files.ts';
import { openRunLog } from '../src/record/run-log.ts';

const runId = '20261129T120000123Z-9f86d081';
const intent: AuditFields<AuditIntent> = {
  ...{ id: runId, domain: 'db', effect: 'read', dryRun: false, environment: 'local', arguments: {}, actor: 'ana' },
  ...{ host: 'here', ciJob: undefined, gitCommit: undefined },
};
const trusted = trustedOwners({});

let state: string;
let elsewhere: string;
beforeEach(() => {
  state = join(mkdtempSync(join(tmpdir(), 'opsgraph-state-')), 'state');
  elsewhere = mkdtempSync(join(tmpdir(), 'opsgraph-elsewhere-'));
  mkdirSync(state, { mode: 0o700 });
});
afterEach(() => {
  for (const path of [join(state, '..'), elsewhere]) rmSync(path, { recursive: true, force: true });
});

const open = (owners = trusted) => openRunLog(state, runId, 'db:probe', owners);
const refusal = { code: 'STATE_DIRECTORY_UNSAFE', exitCode: 77 };

it('removes old logs of runs and nothing else, and never the log of the run itself', () => {
  const logs = join(state, 'logs', 'db-probe');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const foreign = Array.from({ length: 70 }, (_, index) => `access-${String(index).padStart(3, '0')}.jsonl`);
  const old = ['20250101T000000000Z-00000000.jsonl', '20260101T000000000Z-00000001.jsonl'];
  const later = '20270101T000000000Z-00000002.jsonl';
  for (const name of [...foreign, ...old, later]) writeFileSync(join(logs, name), '');
  mkdirSync(join(logs, '20240101T000000000Z-00000000.jsonl'));
  open().close({ keep: 1, age: 0, failureAge: 0, size: 1e6 });
  const left = readdirSync(logs);
  expect(left.filter((name) => name.startsWith('access'))).toHaveLength(70);
  expect(left.filter((name) => !name.startsWith('access')).sort()).toEqual([
    '20240101T000000000Z-00000000.jsonl',
    `${runId}.jsonl`,
    later,
  ]);
});

describe('is refused before anything is written', () => {
  it('when logs is a link', () => {
    symlinkSync(elsewhere, join(state, 'logs'));
    expect(open).toThrow(expect.objectContaining(refusal));
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it.each([['state'], ['logs']])('when others may write to %s', (which) => {
    mkdirSync(join(state, 'logs'));
    const path = which === 'state' ? state : join(state, 'logs');
    chmodSync(path, 0o777);
    expect(open).toThrow(expect.objectContaining({ ...refusal, hint: expect.stringContaining(`chmod go-w ${path}`) }));
  });

  it('when it, or what a link of ours leads to, belongs to somebody else', () => {
    expect(() => open([statSync(state).uid + 4711])).toThrow(expect.objectContaining(refusal));
  });

  it('by a task, with its exit code, while a link to a directory of ours is fine', () => {
    const fixture = join(import.meta.dirname, 'fixtures', 'secretive.ts');
    const task = (env: Record<string, string>) =>
      spawnSync(process.execPath, [join(import.meta.dirname, '..', 'launch.mjs'), fixture, '--json'], {
        env: { PATH: process.env['PATH'], OPS_ROOT: elsewhere, OPS_STATE_DIR: state, ...env },
        encoding: 'utf8',
      });
    chmodSync(state, 0o777);
    expect(JSON.parse(task({}).stdout)).toMatchObject({ exitCode: 77, error: { code: 'STATE_DIRECTORY_UNSAFE' } });
    chmodSync(state, 0o700);
    symlinkSync(state, join(elsewhere, 'link'));
    task({ OPS_STATE_DIR: join(elsewhere, 'link') });
    expect(existsSync(join(state, 'audit.jsonl')) || existsSync(join(state, 'logs'))).toBe(true);
  });
});

describe('the audit file', () => {
  const audit = (): string => join(state, 'audit.jsonl');

  it.each([
    ['a link', (target: string) => symlinkSync(target, audit())],
    ['a second name', (target: string) => linkSync(target, audit())],
  ])('that is %s of another file is not written to', (_, plant) => {
    const target = join(state, '..', 'precious');
    writeFileSync(target, 'precious\n');
    const log = open();
    plant(target);
    expect(() => log.audit('intent', intent)).toThrow(expect.objectContaining(refusal));
    expect(readFileSync(target, 'utf8')).toBe('precious\n');
    log.close(undefined);
  });

  it('that is a pipe is refused at once: nobody reads from it', () => {
    const log = open();
    execFileSync('mkfifo', [audit()]);
    const message = expect.stringContaining('is not a regular file');
    expect(() => log.audit('intent', intent)).toThrow(expect.objectContaining({ ...refusal, message }));
    log.close(undefined);
  });

  it('is made for us alone', () => {
    const log = open();
    log.audit('intent', intent);
    log.close(undefined);
    expect([statSync(audit()).mode & 0o777, JSON.parse(readFileSync(audit(), 'utf8'))]).toEqual([
      0o600,
      expect.objectContaining({ event: 'intent', run: runId }),
    ]);
  });
});

it('trusts the person behind sudo, but only for root', () => {
  expect(trustedOwners({ SUDO_UID: '1000' }, 0)).toEqual([0, 0, 1000]);
  expect(trustedOwners({ SUDO_UID: '1000' }, 33)).toEqual([33, 0]);
  expect(trustedOwners({ SUDO_UID: 'x' }, 0)).toEqual([0, 0]);
});
