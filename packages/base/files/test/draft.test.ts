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
import { afterEach, beforeEach, expect, it } from 'vitest';
import { notWritten, writeDraft, writeWhole } from '../src/index.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'opsgraph-files-'));
  path = join(directory, 'state.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const there = () => readdirSync(directory).sort();

it('has its name only when it is whole, and is for its owner alone', async () => {
  async function* chunks() {
    yield 'one';
    expect(there().join()).toMatch(/^\.state\.json\.\d+-[\da-f]{12}\.part$/);
    yield 'two';
  }
  const draft = await writeDraft(path, chunks());
  expect(readFileSync(draft.path, 'utf8')).toBe('onetwo');
  await draft.publish();
  expect([there(), readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([['state.json'], 'onetwo', 0o600]);
});

it('takes the place of a file that others can read, and of a link, not of what that points to', async () => {
  writeFileSync(join(directory, 'target'), 'before');
  chmodSync(join(directory, 'target'), 0o644);
  symlinkSync('target', path);
  await writeWhole(path, 'after');
  expect([readFileSync(join(directory, 'target'), 'utf8'), readFileSync(path, 'utf8')]).toEqual(['before', 'after']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('leaves nothing when its source fails, and throws what the source threw', async () => {
  async function* broken() {
    yield 'one';
    throw new Error('no more');
  }
  await expect(writeDraft(path, broken())).rejects.toThrow('no more');
  expect(there()).toEqual([]);
});

it('is called like its file when that is hidden: git ignores a draft of .env.local as it ignores .env.local', async () => {
  const draft = await writeDraft(join(directory, '.env.local'), 'SECRET=x');
  expect(there().join()).toMatch(/^\.env\.local\.\d+-[\da-f]{12}\.part$/);
  await draft.discard();
});

it('leaves nothing when it is discarded', async () => {
  await (await writeDraft(path, 'text')).discard();
  expect(there()).toEqual([]);
});

it('published as new by two at once is that of one, and the other is told', async () => {
  const drafts = await Promise.all([writeDraft(path, 'a'), writeDraft(path, 'b')]);
  const results = await Promise.all(drafts.map((draft) => draft.publishNew()));
  expect(results.toSorted()).toEqual([false, true]);
  expect([there(), readFileSync(path, 'utf8')]).toEqual([['state.json'], results[0] ? 'a' : 'b']);
});

it('takes away drafts of this file whose writers are gone, and no other file', async () => {
  const names = [2 ** 22 + 7, process.pid].map((pid) => `.state.json.${pid}-0123456789ab.part`);
  const others = ['.state.json.mine.part', `.other.json.${2 ** 22 + 7}-0123456789ab.part`];
  for (const name of [...names, ...others]) writeFileSync(join(directory, name), '');
  await writeWhole(path, 'text');
  expect(there()).toEqual([names[1], ...others, 'state.json'].sort());
});

it('says which file cannot be written, and that its directory is the reason', async () => {
  const error = { code: 'FILE_NOT_CREATED', exitCode: 73, message: expect.stringContaining(join(path, 'x')) };
  await expect(writeWhole(join(path, 'x'), 'text')).rejects.toMatchObject(error);
  await (await writeDraft(path, 'text')).publish();
  await expect(writeWhole(join(path, 'x'), 'text')).rejects.toMatchObject(error);
});

it.each(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'])('takes %s for a disk that is full or broken', (code) => {
  const error = notWritten('/data/x', Object.assign(new Error(`${code}: write`), { code }));
  expect(error).toMatchObject({ code: 'FILE_NOT_WRITTEN', exitCode: 74, message: expect.stringContaining(code) });
});
