import { type ExitName, exitCodes, exitMeanings } from '@opsgraph/errors';
import type { Stream } from '@opsgraph/terminal';
import type { Command } from './command.ts';

/** `ops --help` */
export function renderOverview(commands: readonly Command[], out: Stream): string {
  const width = Math.max(...commands.map(({ name, usage }) => name.length + usage.length)) + 3;
  return [
    `${out.style('bold', 'ops')}  Runs tasks as one graph, and says the truth about how each of them ended`,
    '',
    ...commands.map(
      ({ name, usage, summary }) =>
        `  pnpm ops ${out.style('bold', name)} ${usage}${' '.repeat(width - name.length - usage.length)}${summary}`,
    ),
    '',
    '  pnpm ops <command> --help shows its options',
  ].join('\n');
}

/** `ops <command> --help` */
export function renderHelp(command: Command, out: Stream): string {
  const title = (text: string): string => String(out.style('bold', text));
  const rows = Object.entries(command.options).map(
    ([name, { short, value, description }]) =>
      [`  ${short ? `-${short}, ` : '    '}--${name} ${value ?? ''}`.trimEnd(), description] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `${title(`ops ${command.name}`)}  ${command.summary}`,
    '',
    command.description,
    '',
    `${title('Usage')}\n  pnpm ops ${command.name} ${command.usage}`,
    '',
    title('Options'),
    ...rows.map(([left, right]) => left.padEnd(width) + right),
    '',
    title('Exit codes'),
    ...shownExits.map((exit) => `  ${String(exitCodes[exit]).padStart(3)}  ${exitMeanings[exit]}`),
    '',
    title('Examples'),
    ...command.examples.map(({ command: line, says }) => `  ${line}\n      ${says}`),
  ].join('\n');
}

const shownExits: readonly ExitName[] = [
  'ok',
  'failed',
  'usage',
  'unavailable',
  'refused',
  'configuration',
  'interrupted',
];
