import { shellWord } from '@opsgraph/terminal';
import type { Given } from '../command.ts';

/** What to type to run the same once more. */
export function repeatCommand(given: Given, environment: string): string {
  const options = ['confirm', 'override', 'continue'].flatMap((name) =>
    given.text(name) === undefined ? [] : [`--${name} ${shellWord(given.text(name)!)}`],
  );
  const filters = given.list('filter').map((filter) => `--filter ${shellWord(filter)}`);
  return [
    'pnpm ops run',
    ...given.words.map(shellWord),
    ...(environment === 'local' ? [] : [`--env ${shellWord(environment)}`]),
    ...options,
    ...filters,
  ].join(' ');
}
