import { OpsError } from '@opsgraph/errors';
import { exactDuration } from '@opsgraph/text';
import { describeText } from '../describe-text.ts';

/** What a service account should be. */
export interface Definition {
  name: string;
  scopes: readonly string[];
  /** How long each key lives, in milliseconds; `never` ends; `keep`: as it is, or never for a new account. */
  lifetime: number | 'never' | 'keep';
}

const shortest = 60_000;
const longest = 3650 * 86_400_000;

/**
 * The same with its scopes sorted, each once.
 *
 * @throws OpsError SERVICE_ACCOUNT_INVALID (65) with every problem
 */
export function checkDefinition(given: Definition, known: readonly string[]): Definition {
  const scopes = [...new Set(given.scopes)].sort();
  const problems = [
    ...nameProblems(given.name),
    ...(scopes.length === 0 ? ['it has no scope'] : []),
    ...scopes
      .filter((scope) => !known.includes(scope))
      .map((scope) => `there is no scope ${describeText(scope)}; the scopes are ${known.join(', ')}`),
    ...(typeof given.lifetime === 'number' ? lifetimeProblems(given.lifetime) : []),
  ];
  if (problems.length === 0) return { ...given, scopes };
  throw new OpsError({
    code: 'SERVICE_ACCOUNT_INVALID',
    exit: 'badData',
    message: `the definition of service account ${describeText(given.name)} is not valid`,
    problems,
    hint: 'correct it; scopes are declared in accounts.scopes of config/<environment>.ts',
  });
}

/** @throws OpsError SERVICE_ACCOUNT_INVALID (65) */
export function checkName(name: string): string {
  return checkDefinition({ name, scopes: ['any'], lifetime: 'keep' }, ['any']).name;
}

function nameProblems(name: string): string[] {
  // It is in file names, logs and command lines.
  if (/^[a-z](?:[a-z0-9]|-(?!-)){0,61}[a-z0-9]$/.test(name)) return [];
  return [
    'a name has 2 to 63 lower-case letters, digits and single dashes, begins with a letter and does not end with a dash',
  ];
}

function lifetimeProblems(lifetime: number): string[] {
  if (lifetime < shortest) return [`its keys would be expired at once (${exactDuration(lifetime)}); at least 1m`];
  return lifetime > longest
    ? [`its keys would live ${exactDuration(lifetime)}; at most ${exactDuration(longest)}`]
    : [];
}
