import { renderHelp as render } from '@opsgraph/command-line/help';
import type { ExitName } from '@opsgraph/errors/exit-codes';
import { commonOptions } from './common-options.ts';
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
  const [domain, name] = task.name.split(':');
  const help = render(
    {
      name: task.name,
      summary: task.summary,
      description: task.description,
      usage: `pnpm --filter ${domain} run ${name} [options]`,
      sections: { Effect: `${effects[task.effect]}${confirmation(task)}` },
      options: { Options: task.options, 'Options of every task': commonOptions },
      exits: shownExits,
      examples: task.examples,
    },
    (text) =>
      colour ? process.getBuiltinModule('node:util').styleText('bold', text, { validateStream: false }) : text,
  );
  return `${help}\n`;
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
