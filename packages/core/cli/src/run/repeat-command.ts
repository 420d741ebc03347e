import { shellWord } from '@opsgraph/terminal';
import type { Given } from '../command.ts';

/** What to type to run the same once more. */
export function repeatCommand(given: Given, environment: string): string {
  const own = ['confirm', 'continue'].map((name) => ({ name, value: given.text(name) }));
  const options = [...own, ...given.taskOptions].flatMap(({ name, value }) =>
    value === undefined ? [] : [`--${name} ${shellWord(value)}`],
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
