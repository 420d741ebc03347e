import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Format } from '../src/data-set.ts';
import type { Report } from '../src/problems.ts';
import { findJsonError } from '../src/read/find-json-error.ts';
import { findRepeatedField } from '../src/read/find-repeated-field.ts';
import { packPosition, unpackPosition } from '../src/read/position.ts';
import { readCsv } from '../src/read/read-csv.ts';
import { readJson } from '../src/read/read-json.ts';
import { readNdjson } from '../src/read/read-ndjson.ts';
import { readRows } from '../src/read/read-rows.ts';
import type { FileRow } from '../src/read/row.ts';

const readers = { json: readJson, ndjson: readNdjson, csv: readCsv };

/** Everything a reader says about a text that comes in pieces of `size`. */
async function read(
  format: Format,
  text: string,
  size = 7,
): Promise<{ rows: Omit<FileRow, 'isPlain'>[]; problems: string[] }> {
  const problems: string[] = [];
  const report: Report = ({ line, column }, said) => void problems.push(`${line}:${column ?? '-'} ${said}`);
  const rows: Omit<FileRow, 'isPlain'>[] = [];
  for await (const batch of readers[format](pieces(text, size), report))
    rows.push(...batch.map(({ isPlain: _, ...row }) => row));
  return { rows, problems };
}

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function readBytes(
  format: Format,
  bytes: Buffer,
): Promise<{ fields: unknown[]; problems: string[]; sha256: string }> {
  const path = join(mkdtempSync(join(tmpdir(), 'seeds-')), 'file');
  writeFileSync(path, bytes);
  const hash = createHash('sha256');
  const problems: string[] = [];
  const fields: unknown[] = [];
  for await (const batch of readRows(
    path,
    format,
    hash,
    ({ line, column }, said) => void problems.push(`${line}:${column} ${said}`),
  )) {
    fields.push(...batch.map((row) => row.fields));
  }
  return { fields, problems, sha256: hash.digest('hex') };
}

describe('a JSON array', () => {
  const text = '[\n  {"a": "x,}]\\"[{", "b": [1, {"c": null}]},\r\n  {"a": 2}, {"a": 3}\n]\n';

  it.each([1, 2, 3, 7, 1000])(
    'is read the same in pieces of %i characters, with the place of each row',
    async (size) => {
      const { rows, problems } = await read('json', text, size);
      expect(problems).toEqual([]);
      expect(rows).toEqual([
        { line: 2, column: 3, fields: { a: 'x,}]"[{', b: [1, { c: null }] } },
        { line: 3, column: 3, fields: { a: 2 } },
        { line: 3, column: 13, fields: { a: 3 } },
      ]);
    },
  );

  it('may be empty', async () => {
    expect(await read('json', ' [ ] ')).toEqual({ rows: [], problems: [] });
  });

  it('goes on after a broken row and tells each place', async () => {
    const { rows, problems } = await read('json', '[{"a":1},\n{"a":tru},\n{"a" 1},\n{"a":4}]');
    expect(rows.map(({ fields }) => fields)).toEqual([{ a: 1 }, { a: 4 }]);
    expect(problems).toEqual([
      '2:6 broken JSON: expected a value, found "t"',
      '3:6 broken JSON: expected ":", found "1"',
    ]);
  });

  it.each([
    ['{"a":1}', '1:1 expected an array of objects, found an object; put it into [ ]'],
    ['[{"a":1},', '1:10 broken JSON: the file ends inside the array'],
    ['[{"a":1', '1:8 broken JSON: the file ends inside the row that begins in line 1'],
    ['[{"a":"x\n"}]', '1:9 broken JSON: the line ends inside a string; is a quote missing?'],
    ['[{"a":1},]', '1:10 broken JSON: expected an object, found "]"'],
    ['[{"a":1} {"a":2}]', '1:10 broken JSON: expected "," or "]", found "{"'],
    ['[{"a":1}] x', '1:11 broken JSON: expected the end, found "x"'],
    ['[5, "x", null, [1]]', '1:2 a row must be an object, this is a number'],
    ['   ', '1:4 expected an array of objects, found nothing'],
  ])('%j is told of at its place', async (broken, problem) => {
    for (const size of [1, 4, 100]) expect((await read('json', broken, size)).problems[0]).toBe(problem);
  });

  it('keeps digits that a double would lose', async () => {
    const { rows } = await read('json', '[{"id": 12345678901234567890, "x": 0.12345678901234567890, "y": 1.5}]');
    expect(JSON.stringify(rows[0]!.fields)).toBe('{"id":12345678901234567890,"x":0.12345678901234567890,"y":1.5}');
  });
});

describe('NDJSON', () => {
  it('is one object a line; blank lines and CRLF do no harm', async () => {
    const { rows, problems } = await read('ndjson', '{"a":1}\r\n\n{"a":2}\n{"a":3}', 3);
    expect(problems).toEqual([]);
    expect(rows.map(({ line, fields }) => [line, fields])).toEqual([
      [1, { a: 1 }],
      [3, { a: 2 }],
      [4, { a: 3 }],
    ]);
  });

  it('tells the line and column of each broken one', async () => {
    const { rows, problems } = await read('ndjson', '{"a":1}\n{"a":}\n[]\n{"a":4}\n{"a"');
    expect(rows).toHaveLength(2);
    expect(problems).toEqual([
      '2:6 broken JSON: expected a value, found "}"',
      '3:1 a row must be an object, this is an array',
      '5:5 broken JSON: expected ":", found the end',
    ]);
  });
});

describe('CSV', () => {
  it.each([1, 2, 5, 1000])('reads quotes, empty texts, nulls and line breaks in pieces of %i', async (size) => {
    const { rows, problems } = await read('csv', 'a,b,c\r\n1,,""\r\n"x ""y""","line\n2",z\r\n\r\n7,8,9', size);
    expect(problems).toEqual([]);
    expect(rows.map(({ line, fields }) => [line, fields])).toEqual([
      [2, { a: '1', b: null, c: '' }],
      [3, { a: 'x "y"', b: 'line\n2', c: 'z' }],
      [6, { a: '7', b: '8', c: '9' }],
    ]);
  });

  it.each([
    ['a,b\n1\n', '2:- 1 fields where the headings are 2'],
    ['a,b\n1,"x\n', '2:3 this quote is never closed'],
    ['a,b\n1,x"y\n', '2:4 a quote inside a field that does not begin with one; write "…""…"'],
    ['a,b\n1,"x"y\n', '2:6 expected "," or the line\'s end after the closing quote, found "y"'],
    ['a,a\n1,2\n', '1:- the heading "a" occurs twice'],
    ['a,\n1,2\n', '1:- heading 2 is empty'],
    ['\n\n', '1:- expected a line of headings, found none'],
  ])('%j is told of at its place, once', async (broken, problem) => {
    for (const size of [1, 4, 100]) expect((await read('csv', broken, size)).problems).toEqual([problem]);
  });
});

describe('bytes', () => {
  it('loses the byte order mark, and the checksum sees it', async () => {
    const bytes = Buffer.from('\uFEFFa\nä\n');
    expect(await readBytes('csv', bytes)).toEqual({
      fields: [{ a: 'ä' }],
      problems: [],
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  it('joins characters that lie across the pieces in which a file is read', async () => {
    const value = '€'.repeat(200_000);
    for (const shift of ['', 'x', 'xx'])
      expect((await readBytes('ndjson', Buffer.from(`{"a":"${shift}${value}"}`))).fields).toEqual([
        { a: shift + value },
      ]);
  });

  it('tells the place of a byte that is no UTF-8, once', async () => {
    const bytes = Buffer.concat([Buffer.from('[{"a":"ä"},\n {"a":"€'), Buffer.from([0xe4]), Buffer.from('"}]')]);
    expect((await readBytes('json', bytes)).problems).toEqual(['2:9 byte 0xe4 is not UTF-8; save the file as UTF-8']);
  });

  it('knows UTF-16 and a character cut off at the end', async () => {
    expect((await readBytes('csv', Buffer.from('\uFEFFa\n1', 'utf16le'))).problems).toEqual([
      '1:1 the file is UTF-16; save it as UTF-8',
    ]);
    expect((await readBytes('csv', Buffer.from([0x61, 0x0a, 0xe2, 0x82]))).problems).toEqual([
      '2:1 byte 0xe2 is not UTF-8; save the file as UTF-8',
    ]);
  });
});

describe('a row in which nothing needs escaping', () => {
  it.each([
    ['csv', 'a,b\n1,è', true],
    ['csv', 'a,b\n1,"x"', false],
    ['csv', 'a,b\n1,C:\\x', false],
    ['csv', 'a,b\n1,x\ty', false],
    ['csv', 'a,b\r\n1,x\ry\r\n', false],
    ['csv', 'a,b\r\n1,x\r\n', true],
    ['ndjson', '{"a":1,"b":"è"}', true],
    ['ndjson', '{"a":"\\n"}', false],
    ['ndjson', '{"a":"\\ud800"}', false],
    ['json', '[{"a":"x"}]', true],
    ['json', '[{"a":"\\u0000"}]', false],
  ] as const)('is known: %s %j', async (format, text, isPlain) => {
    const batches = readers[format](pieces(text, 7), () => {});
    expect((await Array.fromAsync(batches)).flat().map((row) => row.isPlain)).toEqual([isPlain]);
  });
});

describe('positions', () => {
  it('are told apart for every row of a file with one line, and of one with a hundred million', () => {
    for (const place of [
      { line: 1, column: 17_000_000 },
      { line: 100_000_000, column: 1 },
    ])
      expect(unpackPosition(packPosition(place))).toEqual(place);
  });

  it.each([
    ['{"a":"\\x"}', 6],
    ['{"a":01}', 6],
    ['{"a":1,}', 7],
    ['[1 2]', 3],
    ['"\u0001"', 1],
    ['nul', 0],
  ])('of an error in %j', (text, offset) => {
    expect(findJsonError(text).offset).toBe(offset);
    expect(() => JSON.parse(text)).toThrow();
  });
});

describe('a field that is there twice', () => {
  it.each([
    ['{"a":1,"a":2}', 7, 'a'],
    ['{"a" : 1, "a":2}', 10, 'a'],
    ['{"a":"\\"a\\":", "b":[{"c":1},{"c":2,"c":3}]}', 35, 'c'],
    ['{"a":{"x:y":1,"x:y":1},"at":"12:30"}', 14, 'x:y'],
    ['{"a":1,"\\u0061":2}', 7, 'a'],
    ['{"":1,"":2}', 6, ''],
    ['{"__proto__":1,"__proto__":2}', 15, '__proto__'],
  ])('is found: %s', (text, offset, name) => {
    expect(findRepeatedField(text, JSON.parse(text))).toEqual({ offset, name });
  });

  it.each([
    '{}',
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"\\"a\\":1","at":"12:30:00","u":"http://x"}',
    '{"__proto__":{"a":1},"toString":1}',
    '{"a": {}, "b": [], "c": null}',
  ])('is not seen where there is none: %s', (text) => {
    expect(findRepeatedField(text, JSON.parse(text))).toBeUndefined();
  });
});
