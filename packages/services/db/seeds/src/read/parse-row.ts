import type { Report } from '../problems.ts';
import { findJsonError } from './find-json-error.ts';
import { findRepeatedField } from './find-repeated-field.ts';
import { type FileRow, special } from './row.ts';

/** Numbers that a double may not hold: many digits, or a large exponent. Finds some texts, too, which does no harm. */
const delicateNumbers = /\d[\d.]{14,}(?:[eE][+-]?\d+)?|\d[eE][+-]?\d\d+/g;

interface NumberSource {
  source?: string;
}

/** Parses one JSON object; what is wrong is reported with its place in the file. */
export function parseRow(text: string, line: number, column: number, report: Report): FileRow | undefined {
  let value: unknown;
  const reportAt = (offset: number, problem: string): void => {
    const before = text.slice(0, offset);
    const breaks = before.split('\n').length - 1;
    report(
      { line: line + breaks, column: breaks === 0 ? column + offset : offset - before.lastIndexOf('\n') },
      problem,
    );
  };
  try {
    value = losesDigits(text) ? JSON.parse(text, keepNumber) : JSON.parse(text);
  } catch {
    const { offset, expected } = findJsonError(text);
    reportAt(
      offset,
      `broken JSON: expected ${expected}, found ${offset >= text.length ? 'the end' : JSON.stringify(text[offset])}`,
    );
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(
      { line, column },
      `a row must be an object, this is ${value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`}`,
    );
    return undefined;
  }
  const repeated = findRepeatedField(text, value);
  if (repeated !== undefined) {
    reportAt(repeated.offset, `the field ${JSON.stringify(repeated.name)} occurs twice in one object`);
    return undefined;
  }
  return { line, column, fields: value as Record<string, unknown>, isPlain: !special.test(text) };
}

/** Keeping the source costs ten times the parsing; a double in its own shortest form, however long, needs none. */
function losesDigits(text: string): boolean {
  return text.match(delicateNumbers)?.some((number) => String(Number(number)) !== number) ?? false;
}

/** A number whose digits a double would lose stays as written. */
function keepNumber(_key: string, value: unknown, context?: NumberSource): unknown {
  if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value;
  return rawJson(context.source);
}

/** Node 24 has JSON.rawJSON; TypeScript's library does not know it. */
const json = JSON as typeof JSON & {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { rawJSON: string };
};

function rawJson(text: string): object {
  return json.rawJSON(text);
}

/** The digits of a number that was kept as written. */
export function rawNumber(value: object): string | undefined {
  return json.isRawJSON(value) ? value.rawJSON : undefined;
}
