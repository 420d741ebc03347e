import { renderHelp as render } from '@opsgraph/command-line/help';
import type { ExitName } from '@opsgraph/errors/exit-codes';
import type { Stream } from '@opsgraph/terminal';
import type { Command } from './command.ts';

/** `ops --help` */
export function renderOverview(commands: readonly Command[], out: Stream): string {
  const width = Math.max(...commands.map(({ name, usage }) => name.length + usage.length)) + 3;
  return [
    `${out.style('bold', 'ops')}  Runs tasks as one graph, and reports truthfully how each of them ended`,
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
  const { name, summary, description, usage, options, examples } = command;
  const page = { name: `ops ${name}`, summary, description, usage: `pnpm ops ${name} ${usage}` };
  return render({ ...page, options: { Options: options }, exits: shownExits, examples }, (text) =>
    String(out.style('bold', text)),
  );
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
