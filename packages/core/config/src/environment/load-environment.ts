import { OpsError } from '@opsgraph/errors';
import { didYouMean } from '@opsgraph/text/nearest';
import { listKeys } from '../declare/list-keys.ts';
import { type ReadResult, readKeys } from '../declare/read-keys.ts';
import { readDotenv } from '../files/read-dotenv.ts';
import { readEnvironmentFile } from '../files/read-environment-file.ts';
import { referredVariables } from '../secrets/referred-variables.ts';
import { keyTable, rules } from '../sections/index.ts';
import { requireEnvironmentFile } from './choose-environment.ts';
import type { Environment } from './environment.ts';
import { type Explained, explainLeaf } from './explain.ts';
import { variablesOf } from './variables.ts';

export interface EnvironmentPlace {
  root: string;
  /** As `chooseEnvironment` gave it. */
  name: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface LoadedEnvironment {
  name: string;
  environment: Environment;
  /** Every key with its value (secrets masked) and where it came from. */
  explain(): Explained[];
}

/**
 * The configuration of one environment, from the process environment,
 * config/.env.<name>, config/<name>.ts and the defaults, in this order.
 * Secrets stay references until they are used.
 *
 * @throws OpsError CONFIG_INVALID with every problem, CONFIG_FILE_BROKEN, ENVIRONMENT_UNKNOWN (78)
 */
export async function loadEnvironment({ root, name, env }: EnvironmentPlace): Promise<LoadedEnvironment> {
  requireEnvironmentFile(root, name);
  const [file, dotenv, v] = await Promise.all([
    readEnvironmentFile(root, name),
    readDotenv(root, name),
    import('valibot'),
  ]);
  const variables = variablesOf(env, dotenv.variables);
  const read = readKeys({ v, table: keyTable, file, root, environmentName: name, variables, env });
  const problems = [
    ...dotenv.problems,
    ...unreadVariables(dotenv.variables, file),
    ...read.problems,
    ...brokenRules(name, read),
  ];
  if (problems.length > 0) {
    throw new OpsError({
      code: 'CONFIG_INVALID',
      exit: 'configuration',
      message: `the configuration of ${name} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`,
      hint: 'docs/configuration.md lists every key and variable',
      problems,
    });
  }
  return {
    name,
    // Every key of the table was read and found valid, so this is what the table says.
    environment: deepFreeze(read.values) as unknown as Environment,
    explain: () => read.leaves.map((leaf) => explainLeaf(leaf, variables)),
  };
}

/** A misspelt name in the .env file would otherwise mean "not set", without a word. */
function unreadVariables(found: ReadonlyMap<string, { source: string }>, file: Record<string, unknown>): string[] {
  const known = [...listKeys(keyTable).flatMap(({ spec }) => spec.variable ?? []), ...referredVariables(file)];
  return [...found]
    .filter(([variable]) => !known.includes(variable))
    .map(
      ([variable, { source }]) =>
        `${shownVariable(variable)} (${source}): nothing reads this variable${didYouMean(variable, known) || '; remove the line'}`,
    );
}

/** The lines of a key that was pasted in without quotes read as variables, too. */
function shownVariable(name: string): string {
  return /^[A-Z][A-Z0-9_]{0,39}$/.test(name) ? name : 'a name that no variable has';
}

function brokenRules(environmentName: string, { leaves, groups }: ReadResult): string[] {
  const leafOf = (key: string) => leaves.find((leaf) => leaf.key === key);
  const given = (key: string): boolean => {
    const leaf = leafOf(key);
    return leaf === undefined ? groups.has(key) : leaf.isGiven && !isUnset(leaf.value);
  };
  return Object.values(rules).flatMap((rule) => rule({ environmentName, given, value: (key) => leafOf(key)?.value }));
}

function isUnset(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'isSet' in value && value.isSet === false;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
