import { OpsError } from '@opsgraph/errors';
import { didYouMean, nearest } from '@opsgraph/text/nearest';
import { listKeys } from '../declare/list-keys.ts';
import { type Problem, type ReadResult, readKeys } from '../declare/read-keys.ts';
import { readDotenv } from '../files/read-dotenv.ts';
import { readEnvironmentFile } from '../files/read-environment-file.ts';
import { referredVariables } from '../secrets/referred-variables.ts';
import { keyTable, rules } from '../sections/index.ts';
import { requireEnvironmentFile } from './choose-environment.ts';
import { baseSections, type Environment, type Section } from './environment.ts';
import { type Explained, explainLeaf } from './explain.ts';
import { variablesOf } from './variables.ts';

export interface EnvironmentPlace {
  root: string;
  /** As `chooseEnvironment` gave it. */
  name: string;
  env: Readonly<Record<string, string | undefined>>;
  /** What is needed beside the sections that every task reads; what is wrong elsewhere is no error. Default: all. */
  sections?: readonly Section[] | undefined;
}

export interface LoadedEnvironment {
  name: string;
  /** A section that is wrong and was not asked for throws CONFIG_INVALID when it is read. */
  environment: Environment;
  /** What is wrong in sections that were not asked for, a line each. */
  warnings: readonly string[];
  /** Every key with its value (secrets masked) and where it came from. */
  explain(): Explained[];
}

/**
 * The configuration of one environment, from the process environment,
 * config/.env.<name>, config/<name>.ts and the defaults, in this order.
 * Secrets stay references until they are used.
 *
 * @throws OpsError CONFIG_INVALID with every problem of the needed sections, CONFIG_FILE_BROKEN, ENVIRONMENT_UNKNOWN (78)
 */
export async function loadEnvironment({ root, name, env, sections }: EnvironmentPlace): Promise<LoadedEnvironment> {
  requireEnvironmentFile(root, name);
  const [file, dotenv, v] = await Promise.all([
    readEnvironmentFile(root, name),
    readDotenv(root, name),
    import('valibot'),
  ]);
  const variables = variablesOf(env, dotenv.variables);
  const read = readKeys({ v, table: keyTable, file, root, environmentName: name, variables, env });
  const problems: Problem[] = [
    ...dotenv.problems.map((text) => ({ sections: undefined, text })),
    ...unreadVariables(dotenv.variables, file),
    ...read.problems,
    ...brokenRules(name, read),
  ];
  const needed = sections === undefined ? Object.keys(keyTable) : [...baseSections, ...sections];
  const [serious, others] = [true, false].map((isSerious) =>
    problems.filter((problem) => (sections === undefined || concerns(problem, needed)) === isSerious),
  ) as [Problem[], Problem[]];
  if (serious.length > 0) throw invalid(name, serious);
  return {
    name,
    environment: withBroken(read.values, name, others),
    warnings: others.map(({ text }) => text),
    explain: () => read.leaves.map((leaf) => explainLeaf(leaf, variables)),
  };
}

function concerns({ sections }: Problem, needed: readonly string[]): boolean {
  return sections === undefined || sections.some((section) => needed.includes(section));
}

function invalid(name: string, problems: readonly Problem[]): OpsError {
  return new OpsError({
    code: 'CONFIG_INVALID',
    exit: 'configuration',
    message: `the configuration of ${name} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`,
    hint: 'docs/configuration.md lists every key and variable',
    problems: problems.map(({ text }) => text),
  });
}

/** Every key that was read and found valid is what the table says; who reads another one learns what is wrong. */
function withBroken(values: Record<string, unknown>, name: string, others: readonly Problem[]): Environment {
  for (const section of new Set(others.flatMap(({ sections }) => sections ?? []))) {
    const own = others.filter((problem) => concerns(problem, [section]));
    const get = (): never => {
      throw invalid(name, own);
    };
    // Not enumerable: a spread is no reading.
    Object.defineProperty(values, section, { get, enumerable: false });
  }
  return deepFreeze(values) as unknown as Environment;
}

/** A misspelt name in the .env file would otherwise mean "not set", without a word. */
function unreadVariables(found: ReadonlyMap<string, { source: string }>, file: Record<string, unknown>): Problem[] {
  const keys = listKeys(keyTable);
  const known = [...keys.flatMap(({ spec }) => spec.variable ?? []), ...referredVariables(file)];
  return [...found]
    .filter(([variable]) => !known.includes(variable))
    .map(([variable, { source }]) => {
      const meant = nearest(variable, known);
      const owners = keys.flatMap(({ key, spec }) => (spec.variable === meant ? [key.split('.', 1)[0]!] : []));
      return {
        sections: meant === undefined || owners.length === 0 ? undefined : owners,
        text: `${shownVariable(variable)} (${source}): nothing reads this variable${didYouMean(variable, known) || '; remove the line'}`,
      };
    });
}

/** The lines of a key that was pasted in without quotes read as variables, too. */
function shownVariable(name: string): string {
  return /^[A-Z][A-Z0-9_]{0,39}$/.test(name) ? name : 'a name that no variable has';
}

function brokenRules(environmentName: string, { leaves, groups }: ReadResult): Problem[] {
  const leafOf = (key: string) => leaves.find((leaf) => leaf.key === key);
  const given = (key: string): boolean => {
    const leaf = leafOf(key);
    return leaf === undefined ? groups.has(key) : leaf.isGiven && !isUnset(leaf.value);
  };
  const facts = { environmentName, given, value: (key: string) => leafOf(key)?.value };
  return Object.entries(rules).flatMap(([section, rule]) => rule(facts).map((text) => ({ sections: [section], text })));
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
