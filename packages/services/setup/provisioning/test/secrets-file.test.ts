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
import { afterAll, describe, expect, it } from 'vitest';
import { missingSecrets, writeMissingSecrets } from '../src/index.ts';

describe('the secrets file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'opsgraph-secrets-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is private, keeps what it has, and gets only what it lacks', async () => {
    const path = join(directory, '.env.local');
    expect(await writeMissingSecrets({ path, names: ['A_PASSWORD'] })).toEqual(['A_PASSWORD']);
    const first = readFileSync(path, 'utf8');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await writeMissingSecrets({ path, names: ['A_PASSWORD', 'B_PASSWORD'] })).toEqual(['B_PASSWORD']);
    expect(readFileSync(path, 'utf8').startsWith(first)).toBe(true);
    expect(await writeMissingSecrets({ path, names: ['A_PASSWORD', 'B_PASSWORD'] })).toEqual([]);
    expect(await missingSecrets({ path, names: ['C_PASSWORD'] })).toEqual(['C_PASSWORD']);
  });

  it('does not join a last line that has no end, and takes rights away from others', async () => {
    const path = join(directory, '.env.open');
    writeFileSync(path, 'KEPT=1');
    chmodSync(path, 0o644);
    await writeMissingSecrets({ path, names: ['NEW_ONE'] });
    expect(readFileSync(path, 'utf8')).toMatch(/^KEPT=1\nNEW_ONE=[\w-]{43}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('has one value for each name when sixteen write it at once', async () => {
    const path = join(directory, '.env.race');
    const all = await Promise.all(
      Array.from({ length: 16 }, () => writeMissingSecrets({ path, names: ['RACE_A', 'RACE_B'] })),
    );
    expect(all.filter((added) => added.length > 0)).toEqual([['RACE_A', 'RACE_B']]);
    expect(readFileSync(path, 'utf8')).toMatch(/^RACE_A=[\w-]{43}\nRACE_B=[\w-]{43}\n$/);
    expect(readdirSync(directory).filter((name) => name.startsWith('.env.race.'))).toEqual([]);
  });

  it('is not written through a link', async () => {
    const path = join(directory, '.env.link');
    symlinkSync(join(directory, 'elsewhere'), path);
    await expect(writeMissingSecrets({ path, names: ['X_SECRET'] })).rejects.toMatchObject({
      code: 'SECRETS_FILE',
      exitCode: 73,
    });
  });
});
