import { Secret } from '@opsgraph/secrets';
import { argon2id, argon2Verify } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { hashPassword, isOutdated, verifyPassword } from '../src/passwords/hash-password.ts';
import { readPhc } from '../src/passwords/phc.ts';
import { requireStrength } from '../src/passwords/require-strength.ts';
import { refusal } from './support.ts';

/** OWASP's first choice; memory in KiB. */
const owasp = { memory: 19_456, passes: 2, parallelism: 1 };
const light = { memory: 64, passes: 3, parallelism: 2 };
const secret = (text: string) => new Secret('password', text);

describe('a hash', () => {
  it.each([owasp, light])('is one that another implementation of argon2id verifies (%o)', async (parameters) => {
    const hash = await hashPassword(secret('correct horse battery'), parameters);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d,p=\d\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await argon2Verify({ password: 'correct horse battery', hash })).toBe(true);
    expect(await argon2Verify({ password: 'correct horse batterz', hash })).toBe(false);
  });

  it.each([owasp, light])('is verified when another implementation made it (%o)', async (parameters) => {
    const hash = await argon2id({
      password: 'correct horse battery',
      salt: new Uint8Array(16).fill(7),
      memorySize: parameters.memory,
      iterations: parameters.passes,
      parallelism: parameters.parallelism,
      hashLength: 32,
      outputType: 'encoded',
    });
    expect(await verifyPassword(hash, secret('correct horse battery'), parameters)).toEqual({
      ok: true,
      isOutdated: false,
    });
    expect(await verifyPassword(hash, secret('correct horse'), parameters)).toMatchObject({ ok: false });
  });

  it('has a salt of its own each time', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => hashPassword(secret('correct horse battery'), light)));
    expect(readPhc(one!)!.salt).not.toEqual(readPhc(two!)!.salt);
  });

  it('is the same for one password typed on two keyboards', async () => {
    const hash = await hashPassword(secret('Stra\u00dfencaf\u00e9-2'), light);
    expect(await verifyPassword(hash, secret('Stra\u00dfencafe\u0301-2'), light)).toMatchObject({ ok: true });
  });

  it('made with other parameters still verifies, and is recognised as outdated', async () => {
    const hash = await hashPassword(secret('correct horse battery'), light);
    expect(await verifyPassword(hash, secret('correct horse battery'), owasp)).toEqual({ ok: true, isOutdated: true });
    expect([isOutdated(hash, light), isOutdated(hash, owasp)]).toEqual([false, true]);
  });

  it.each([
    '',
    'plain',
    '$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m',
    '$argon2i$v=19$m=64,t=3,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$argon2id$v=19$m=4294967295,t=3,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('of another kind (%s) fits no password, takes no memory, and is outdated', async (hash) => {
    expect(await verifyPassword(hash, secret('plain'), owasp)).toEqual({ ok: false, isOutdated: true });
  });
});

describe('a chosen password', () => {
  const check = (text: string) => requireStrength(secret(text), 12, 'ana.berg@example.org');

  it.each(['correct horse battery', 'Tr0ub4dor&3 and more', 'dunkelgrüne Regenschirme', '七つの海を渡る船の歌は遠く'])(
    'like %s is taken',
    async (text) => {
      await expect(check(text)).resolves.toBeUndefined();
    },
  );

  it.each([
    ['short', 'xK9#mQ', /6 characters, at least 12/],
    ['common', 'qwertyuiop123', /tried first/],
    ['common with a year', 'Password2024!', /tried first/],
    ['of one character', 'aaaaaaaaaaaaaaaa', /repeats/],
    ['the address', 'ana.berg@example.org', /e-mail address/],
    ['the name in the address', 'AnaBerg-2026-11', /e-mail address/],
    ['with a control character', 'correct horse\r battery', /control characters/],
    ['endless', 'ab c'.repeat(300), /at most 1024/],
  ])('that is %s is refused without being repeated', async (_, text, reason) => {
    const { code, exit, text: said } = await refusal(() => check(text));
    expect([code, exit]).toEqual(['PASSWORD_WEAK', 'badData']);
    expect(said).toMatch(reason);
    expect(said).not.toContain(text);
  });
});
