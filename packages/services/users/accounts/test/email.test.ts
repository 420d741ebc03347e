import { describe, expect, it } from 'vitest';
import { normaliseEmail } from '../src/users/normalise-email.ts';
import { refusal } from './support.ts';

describe('an address', () => {
  it.each([
    ['ana@example.org', 'ana@example.org'],
    ['Ana.Maria@Example.ORG', 'ana.maria@example.org'],
    ['  ana@example.org ', 'ana@example.org'],
    ["miles.o'brien+ops@ds9.example", "miles.o'brien+ops@ds9.example"],
    ['root@localhost', 'root@localhost'],
    ['ana@xn--mnchen-3ya.example', 'ana@xn--mnchen-3ya.example'],
  ])('%s is stored as %s', (given, stored) => {
    expect(normaliseEmail(given)).toBe(stored);
  });

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['no @', 'ana.example.org'],
    ['no local part', '@example.org'],
    ['no domain', 'ana@'],
    ['two @', 'ana@b@example.org'],
    ['a domain without a dot', 'ana@example'],
    ['a domain that begins with a dot', 'ana@.example.org'],
    ['two dots in a row', 'ana..b@example.org'],
    ['a comment', 'ana(comment)@example.org'],
    ['double quotes', '"ana b"@example.org'],
    ['SQL', "ana'; DROP TABLE users; --@example.org"],
    ['a line end', 'ana@example.org\nBcc: eve@example.org'],
    ['a NUL', 'ana\0@example.org'],
    ['a tab', 'ana\t@example.org'],
    ['an escape sequence', '\u001b[2Jana@example.org'],
    ['Cyrillic that looks right', '\u0430na@example.org'],
    ['a domain with Cyrillic that looks right', 'ana@ex\u0430mple.org'],
    ['full-width letters', '\uff41na@example.org'],
    ['a letter with a combining mark', 'ana\u0301@example.org'],
    ['a right-to-left mark', 'ana\u202e@example.org'],
    ['a zero-width space', 'an\u200ba@example.org'],
    ['a no-break space', '\u00a0ana@example.org'],
    ['half of a surrogate pair', 'ana\ud800@example.org'],
    ['10 kB', `${'a'.repeat(10_000)}@example.org`],
    ['a local part that is too long', `${'a'.repeat(65)}@example.org`],
    ['a broken xn-- form', 'ana@xn--a-ä.example'],
  ])('with %s is refused, in a message that is short and plain ASCII', async (_, given) => {
    const { code, exit, text } = await refusal(async () => normaliseEmail(given));
    expect([code, exit]).toEqual(['EMAIL_INVALID', 'badData']);
    expect(text).toMatch(/^[ -~…\n]{10,300}$/);
  });
});
