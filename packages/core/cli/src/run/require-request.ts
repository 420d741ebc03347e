import { usageError } from '@opsgraph/command-line';
import { parseDuration } from '@opsgraph/text/units';
import type { Given } from '../command.ts';

/** @throws OpsError USAGE (64) with everything that is wrong with the words of `ops run` */
export function requireRequest(given: Given): void {
  const problems = [
    ...(given.words.length === 0 ? ['name at least one task'] : []),
    ...given.words
      .filter((word) => word.startsWith('-') || word === '')
      .map((word) => `${JSON.stringify(word)} is no task`),
  ];
  const wait = given.text('lock-wait');
  if (wait !== undefined && parseDuration(wait) === undefined)
    problems.push(`--lock-wait ${JSON.stringify(wait)}: expected a time like 30s or 5m`);
  const order = given.text('continue');
  if (order !== undefined && !['never', 'dependencies-successful', 'always'].includes(order))
    problems.push(`--continue ${JSON.stringify(order)}: expected never, dependencies-successful or always`);
  const concurrency = given.text('concurrency');
  if (concurrency !== undefined && !/^[1-9]\d*%?$/.test(concurrency))
    problems.push(`--concurrency ${JSON.stringify(concurrency)}: expected a number from 1, or a share like 50%`);
  if (problems.length === 0) return;
  throw usageError(problems, 'pnpm ops run --help; pnpm ops list shows the tasks');
}
