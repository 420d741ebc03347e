import { OpsError } from '@opsgraph/errors';
import type { Format } from '../data-set.ts';
import type { Column } from '../table/table.ts';
import type { ExportField, ExportPlan } from './plan-export.ts';

/** Text before the first row, between rows, after the last. */
export const frames: Record<Format, { before: string; between: string; after: string }> = {
  ndjson: { before: '', between: '\n', after: '\n' },
  json: { before: '[\n', between: ',\n', after: '\n]\n' },
  csv: { before: '', between: '\n', after: '\n' },
};

export function headings({ fields }: ExportPlan): string {
  return `${fields.map(({ name }) => quoteCsv(name)).join(',')}\n`;
}

/** Arrays of these are written as such in JSON; of others as PostgreSQL writes them. */
const plainArrays = /^(?:smallint|integer|bigint|text|character varying|uuid|boolean)\[\]$/;

/** SQL that gives the value as text, for an array in JSON as JSON. */
export function exportedText({ column, value }: ExportField, format: Format): string {
  if (format === 'csv' || !plainArrays.test(column.bareType)) return `(${value})::text`;
  const isPlain = `pg_catalog.cardinality(${value}) = 0 OR (pg_catalog.array_ndims(${value}) = 1 AND pg_catalog.array_lower(${value}, 1) = 1)`;
  return `CASE WHEN ${isPlain} THEN pg_catalog.to_json(${value})::text ELSE pg_catalog.to_json(${value}::text)::text END`;
}

/**
 * One row, from the texts of its fields.
 *
 * @throws OpsError SEED_EXPORT_INEXACT (65) for JSON that would be read back as another value
 */
export function encodeExport(plan: ExportPlan, texts: readonly (string | null)[], format: Format): string {
  if (format === 'csv') return texts.map((text) => (text === null ? '' : quoteCsv(text))).join(',');
  const parts: string[] = [];
  const groups = new Map<string, string[]>();
  for (const [index, field] of plan.fields.entries()) {
    const text = texts[index]!;
    const value = text === null ? 'null' : jsonOf(field, text);
    const dot = field.isReference ? field.name.indexOf('.') : -1;
    if (dot === -1) {
      parts.push(`${JSON.stringify(field.name)}:${value}`);
      continue;
    }
    const name = field.name.slice(0, dot);
    const member = `${JSON.stringify(field.name.slice(dot + 1))}:${value}`;
    const group = groups.get(name);
    if (group !== undefined) group.push(member);
    else {
      groups.set(name, [member]);
      parts.push(name);
    }
  }
  const whole = parts.map((part) => {
    const group = groups.get(part);
    return group === undefined ? part : `${JSON.stringify(part)}:{${group.join(',')}}`;
  });
  return `{${whole.join(',')}}`;
}

const numeric = /^(?:smallint|integer|bigint|real|double precision|oid|numeric\b.*)$/;

function jsonOf({ column, name }: ExportField, text: string): string {
  if (column.isJson) return exactJson(column, name, text);
  if (plainArrays.test(column.bareType)) return text;
  if (column.baseType === 'boolean') return text;
  // 1.50 and NaN are no JSON numbers that stay what they are; as a text PostgreSQL reads them exactly
  const isNumber = numeric.test(column.baseType) && Number.isFinite(Number(text)) && isStable(text);
  return isNumber ? text : JSON.stringify(text);
}

function exactJson(column: Column, name: string, text: string): string {
  const outside = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const numbers = outside.match(/-?\d[\d.eE+-]*/g) ?? [];
  const isExact = column.baseType === 'json' ? JSON.stringify(JSON.parse(text)) === text : numbers.every(isStable);
  if (isExact && text !== 'null') return text;
  throw new OpsError({
    code: 'SEED_EXPORT_INEXACT',
    exit: 'badData',
    message: `${name} holds ${text.length > 60 ? `${text.slice(0, 59)}…` : text}, which would not be read back exactly from JSON`,
    hint: 'export it with --format csv, which keeps every value as PostgreSQL writes it',
  });
}

function isStable(number: string): boolean {
  return String(Number(number)) === number;
}

function quoteCsv(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$|^\uFEFF/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
