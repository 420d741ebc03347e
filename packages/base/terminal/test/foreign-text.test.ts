import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, oneLine, relayed, shellWord } from '../src/index.ts';
import { printableJson } from '../src/printable.ts';

const forged = '\u001b[2J\n✔ ok  migration:migrate  applied 1 migration';
/** C0, DEL, C1, bidirectional, invisible, separators, a tag beyond the BMP, half a surrogate pair. */
const hostile = ['\0', '\u0007', '\b', '\u001b', '\r', '\n', '\u007f', '\u0085', '\u009b', '\u00ad', '\u061c', '\u200b']
  .concat(['\u200e', '\u2028', '\u2029', '\u202e', '\u2066', '\u2069', '\ufeff', '\u{e0041}', '\ud800'])
  .map((character) => `a${character}b`);

describe('a one-line field', () => {
  it.each(hostile)('%j has nothing that a terminal acts upon', (text) => {
    expect(oneLine(text)).toMatch(/^a\\[\w{}]+b$/);
  });

  it('keeps what people write', () => {
    const text = 'Zoë — 東京 🚀 "¼" שלום';
    expect(oneLine(text)).toBe(text);
  });

  it('has the bytes of a document read back as the same text', () => {
    const value = { [hostile.join('')]: hostile };
    const written = printableJson(value, 2);
    expect(JSON.parse(written)).toEqual(value);
    expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });
});

describe('a line of another program', () => {
  it('keeps colours, which end with it, and loses what hides text or moves the cursor', () => {
    const line = '\u001b[1m\u001b[32mdone\u001b[39m \u001b[8msecretly\u001b[0m \u001b[30;40mx \u001b[2J\u001b[1A\r✔ ok';
    expect(String(relayed(line))).toBe(
      '\u001b[1m\u001b[32mdone\u001b[39m secretly\u001b[0m x \\u001b[2J\\u001b[1A\\r✔ ok\u001b[0m',
    );
    expect(String(relayed('plain'))).toBe('plain');
  });
});

describe('a command in a hint', () => {
  const names = [
    "it's; touch pwned",
    '$(touch pwned)',
    '`touch pwned`',
    '-rf',
    'a b',
    '',
    '*',
    '~',
    '!x',
    '#',
    '\\',
    'é',
  ];

  it.each(['sh', 'bash'])('is split by %s into the words it was made of', (shell) => {
    const line = command`printf '%s\\0' ${names}`;
    const words = execFileSync(shell, ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1);
    expect(words).toEqual(names);
  });

  it('holds control characters as escapes: bash reads the same word, any other shell a harmless one', () => {
    const names = [
      ...hostile.filter((name) => !name.includes('\0') && name.isWellFormed()),
      "a'\n\\;touch pwned\u001b",
    ];
    for (const name of names) {
      const word = shellWord(name);
      expect(oneLine(word)).toBe(word);
      const env = { LC_ALL: 'C.UTF-8' };
      expect(execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8', env })).toBe(name);
      expect(spawnSync('sh', ['-c', `printf '<%s>' ${word}`], { encoding: 'utf8' }).stdout).toMatch(/^<[^<>]*>$/s);
    }
  });
});

describe('a stream', () => {
  it('takes a plain string for foreign: in a line, in the values and styles of one, in a block, in a document', () => {
    const fixture = join(import.meta.dirname, 'fixtures', 'print.ts');
    const printed = execFileSync(process.execPath, [fixture, `${forged}\u009b31m`], { encoding: 'utf8' });
    const shown = '\\u001b[2J\\n✔ ok  migration:migrate  applied 1 migration\\u009b31m';
    expect(printed.split('\n')).toEqual([
      shown,
      `✖ failed  ${shown}`,
      shown,
      '  · \\u001b[2J',
      '    │ ✔ ok  migration:migrate  applied 1 migration\\u009b31m',
      `{"foreign":"${shown}"}`,
      // CI would obey these.
      '│   ::add-mask::✔',
      '  │ ::stop-commands::x',
      '│   ##vso[task.complete]',
      '',
    ]);
  });
});
