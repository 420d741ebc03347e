import { type ExitName, exitCodes, exitMeanings } from '@opsgraph/errors/exit-codes';
import type { OptionSpec, OptionSpecs } from './options.ts';
import { placeholder } from './placeholder.ts';

/** What the help of a task or a command says, as data. */
export interface HelpPage {
  name: string;
  summary: string;
  /** Paragraphs below the summary. */
  description?: string | undefined;
  usage: string;
  /** Further sections after the usage, by title. */
  sections?: Readonly<Record<string, string>>;
  /** By title; those without options are left out. */
  options: Readonly<Record<string, OptionSpecs>>;
  /** The codes that a person meets. */
  exits: readonly ExitName[];
  examples: readonly { command: string; says: string }[];
}

/** The help as text, without a line end. @param title makes a heading stand out */
export function renderHelp(page: HelpPage, title: (text: string) => string): string {
  const sections: [string, string][] = [
    ['Usage', `  ${page.usage}`],
    ...Object.entries(page.sections ?? {}).map(([name, text]): [string, string] => [name, `  ${text}`]),
    ...Object.entries(page.options)
      .filter(([, specs]) => Object.keys(specs).length > 0)
      .map(([name, specs]): [string, string] => [name, optionLines(specs)]),
    [
      'Exit codes',
      page.exits.map((exit) => `  ${String(exitCodes[exit]).padStart(3)}  ${exitMeanings[exit]}`).join('\n'),
    ],
    [
      page.examples.length === 1 ? 'Example' : 'Examples',
      page.examples.map(({ command, says }) => `  ${command}\n      ${says}`).join('\n'),
    ],
  ];
  return [
    `${title(page.name)}  ${page.summary}`,
    ...(page.description === undefined ? [] : [page.description]),
    ...sections.map(([name, text]) => `${title(name)}\n${text}`),
  ].join('\n\n');
}

/** An option longer than this has its description on the next line. */
const widest = 36;

function optionLines(specs: OptionSpecs): string {
  const rows = Object.entries(specs)
    .filter(([, spec]) => spec.type !== 'refused')
    .map(([name, spec]): [string, string] => [
      `  ${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name} ${placeholder(spec)}`.trimEnd(),
      `${spec.description}${remark(spec)}`,
    ]);
  const width = Math.min(widest, Math.max(...rows.map(([left]) => left.length))) + 2;
  return rows
    .map(([left, right]) =>
      left.length >= width ? `${left}\n${' '.repeat(width)}${right}` : left.padEnd(width) + right,
    )
    .join('\n');
}

function remark(spec: OptionSpec): string {
  if (spec.required) return ' (required)';
  if ('variable' in spec && spec.variable !== undefined) return ` (or ${spec.variable})`;
  if (spec.default === undefined || spec.default === false) return '';
  return ` (default ${Array.isArray(spec.default) ? spec.default.join(',') : spec.default})`;
}
