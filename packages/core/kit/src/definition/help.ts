import { type ExitName, exitCodes, exitMeanings } from '@opsgraph/errors';
import { commonOptions, shortNames } from './common-options.ts';
import type { OptionSpec, OptionSpecs } from './options.ts';
import { placeholder } from './parse-arguments.ts';
import type { TaskDefinition } from './task.ts';

/** The codes a person meets; docs/errors.md has the rest, which are signals. */
const shownExits: readonly ExitName[] = [
  'ok',
  'failed',
  'usage',
  'badData',
  'unavailable',
  'bug',
  'tryLater',
  'refused',
  'configuration',
  'interrupted',
];

/** The `--help` of a task, made from its definition. */
export function renderHelp(task: TaskDefinition, colour: boolean): string {
  const title = (text: string): string =>
    colour ? process.getBuiltinModule('node:util').styleText('bold', text, { validateStream: false }) : text;
  const [domain, name] = task.name.split(':');
  const sections = [
    `${title(task.name)}  ${task.summary}`,
    ...(task.description === undefined ? [] : [task.description]),
    `${title('Usage')}\n  pnpm --filter ${domain} run ${name} [options]`,
    `${title('Effect')}\n  ${effects[task.effect]}${confirmation(task)}`,
    ...(Object.keys(task.options).length === 0 ? [] : [`${title('Options')}\n${optionLines(task.options)}`]),
    `${title('Options of every task')}\n${optionLines(commonOptions)}`,
    `${title('Exit codes')}\n${shownExits.map((exit) => `  ${String(exitCodes[exit]).padStart(3)}  ${exitMeanings[exit]}`).join('\n')}`,
    `${title(task.examples.length === 1 ? 'Example' : 'Examples')}\n${task.examples.map(({ command, says }) => `  ${command}\n      ${says}`).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

const effects = {
  read: 'read: changes nothing',
  write: 'write: changes what is missing; safe to repeat',
  destroy: 'destroy: takes something away',
};

function confirmation({ effect, guard }: TaskDefinition): string {
  if (guard?.confirm !== undefined)
    return '; outside local it needs --confirm ENVIRONMENT where options or configuration make it severe';
  return effect === 'destroy' ? '; outside local it needs --confirm ENVIRONMENT' : '';
}

function optionLines(specs: OptionSpecs): string {
  const shorts = Object.fromEntries(Object.entries(shortNames).map(([short, long]) => [long, `-${short}, `]));
  const taken = Object.entries(specs).filter(([, spec]) => spec.type !== 'refused');
  const rows = taken.map(
    ([name, spec]) =>
      [
        `  ${shorts[name] ?? '    '}--${name} ${placeholder(spec)}`.trimEnd(),
        `${spec.description}${remark(spec)}`,
      ] as const,
  );
  const width = Math.min(36, Math.max(...rows.map(([left]) => left.length))) + 2;
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
