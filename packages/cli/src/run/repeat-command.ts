import type { Given } from '../command.ts';

/** What to type to run the same once more. */
export function repeatCommand(given: Given, environment: string): string {
  const options = ['confirm', 'override', 'continue'].flatMap((name) =>
    given.text(name) === undefined ? [] : [`--${name} ${shown(given.text(name)!)}`],
  );
  const filters = given.list('filter').map((filter) => `--filter ${filter}`);
  return [
    'pnpm ops run',
    ...given.words,
    ...(environment === 'local' ? [] : [`--env ${environment}`]),
    ...options,
    ...filters,
  ].join(' ');
}

function shown(value: string): string {
  return /^[\w.:-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
