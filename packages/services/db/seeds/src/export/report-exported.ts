import type { TaskReport } from '@opsgraph/report';
import { formatNumber } from '@opsgraph/text';
import type { DataSet } from '../data-set.ts';
import type { ExportResult } from './export-seed.ts';

export function reportExported(result: ExportResult, dryRun: boolean): TaskReport {
  const { path, rows, state, leftOut, missingSets, entry } = result;
  const did = dryRun ? 'would be written' : 'written';
  return {
    summary:
      state === 'unchanged'
        ? `${path} already has these ${formatNumber(rows)} rows`
        : `${formatNumber(rows)} rows of ${entry.table} ${did} to ${path}${state === 'replaced' ? ', in place of others' : ''}`,
    changes: state === 'unchanged' ? [] : [{ action: 'write', object: path, count: 1 }],
    lines: [
      ...(leftOut.length > 0
        ? [`left out, since the table makes them or --without says so: ${leftOut.join(', ')}`]
        : []),
      ...missingSets.map((set) => `it refers to rows of the set ${set}, which seeds.ts does not have yet`),
      'seeds.ts needs this entry:',
      ...entryLines(entry),
    ],
    data: result,
  };
}

function entryLines({ references, ...entry }: DataSet): string[] {
  const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;
  return [
    '  {',
    ...Object.entries(entry).map(
      ([name, value]) => `    ${name}: ${Array.isArray(value) ? list(value) : text(String(value))},`,
    ),
    ...(references === undefined
      ? []
      : [
          '    references: {',
          ...Object.entries(references).map(
            ([column, { set, match }]) =>
              `      ${property(column)}: { set: ${text(set)}, match: { ${Object.entries(match)
                .map(([name, field]) => `${property(name)}: ${text(field)}`)
                .join(', ')} } },`,
          ),
          '    },',
        ]),
    '  },',
  ];
}

function property(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : text(name);
}

function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
