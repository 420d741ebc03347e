import { OpsError } from '@opsgraph/errors';
import type { OptionSpec, OptionSpecs } from './options.ts';
import { placeholder } from './placeholder.ts';
import { readValue } from './read-value.ts';

// An import of node:util evaluates all it exports, worker threads included; each run would pay for that.
const { parseArgs } = process.getBuiltinModule('node:util');

export interface ParseSettings {
  /** Where relative paths start: the caller's directory, not the package's (pnpm changes it). */
  directory: string;
  /** Has what was not written on the command line; default: nothing. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Words that belong to no option; default: they are a problem. */
  takesWords?: boolean;
  /** What is wrong with `--`; default: nothing at the beginning, since `pnpm run seed -- --set x` hands it on. */
  afterDashes?: string;
}

export interface ParsedOptions {
  /** By name, as OptionValues says. */
  values: Readonly<Record<string, unknown>>;
  words: readonly string[];
  /** A line each; empty: all is well. */
  problems: readonly string[];
}

/** Reads a command line by its definition: everything that is wrong with it at once, and no secret in what it says. */
export async function parseOptions(
  specs: OptionSpecs,
  argv: readonly string[],
  { directory, env = {}, takesWords = false, afterDashes }: ParseSettings,
): Promise<ParsedOptions> {
  const problems: string[] = [];
  const words: string[] = [];
  const given = new Map<string, string[]>();
  const { tokens } = parseArgs({
    args: argv[0] === '--' && afterDashes === undefined ? argv.slice(1) : [...argv],
    options: lexerOptions(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const takesSecrets = Object.values(specs).some(({ type }) => type === 'refused' || type === 'secret-source');
  /** Where the last option stood that does not exist. */
  let unknownAt: number | undefined;
  for (const token of tokens) {
    if (token.kind === 'option-terminator' && afterDashes !== undefined) problems.push(afterDashes);
    if (token.kind === 'positional') {
      // Behind such an option it may be a password that was meant for it; so it may anywhere on the command
      // line of a task that takes secrets in another way.
      const shown = takesSecrets ? `in place ${token.index + 1}` : JSON.stringify(token.value);
      if (takesWords) words.push(token.value);
      else problems.push(`unexpected argument ${unknownAt === token.index - 1 ? 'after an unknown option' : shown}`);
    }
    // -pSECRET reads as many short options; the first one that is unknown stands for the whole word.
    if (token.kind !== 'option' || unknownAt === token.index) continue;
    if (!Object.hasOwn(specs, token.name)) unknownAt = token.index;
    const problem = await accept(token, specs, given);
    if (problem !== undefined) problems.push(problem);
  }
  const values = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      readValue(name, spec, given.get(name) ?? inEnvironment(spec, env), directory, problems),
    ]),
  );
  return { values, words, problems };
}

/** USAGE (64), with every problem at once. */
export function usageError(problems: readonly string[], hint: string): OpsError {
  const all = [...new Set(problems)];
  return new OpsError({
    code: 'USAGE',
    exit: 'usage',
    message: all.length === 1 ? all[0]! : `${all.length} problems with the command line`,
    problems: all.length === 1 ? [] : all,
    hint,
  });
}

interface OptionToken {
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

/** Takes an option into `given`, or says what is wrong with it. */
async function accept(
  { name, rawName, value, inlineValue }: OptionToken,
  specs: OptionSpecs,
  given: Map<string, string[]>,
): Promise<string | undefined> {
  // Every object has a `constructor`; it is no option for that.
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) return unknownOption(rawName, Object.keys(specs));
  // Without the value, which is a password more often than not.
  if (spec.type === 'refused') return `--${name} is not accepted: ${spec.description}`;
  const values = given.get(name) ?? [];
  given.set(name, values);
  if (spec.type === 'boolean') return value === undefined ? undefined : `--${name} takes no value`;
  if (value === undefined || (value.startsWith('-') && !inlineValue))
    return `--${name} needs a value: --${name} ${placeholder(spec)}`;
  values.push(value);
  return undefined;
}

async function unknownOption(written: string, known: readonly string[]): Promise<string> {
  const { didYouMean } = await import('@opsgraph/text/nearest');
  return `unknown option ${written}${didYouMean(written, known, '--')}`;
}

function lexerOptions(specs: OptionSpecs): NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [
      name,
      { type: type === 'boolean' ? 'boolean' : 'string', multiple: true, ...(short !== undefined && { short }) },
    ]),
  );
}

function inEnvironment(spec: OptionSpec, env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  const value = 'variable' in spec && spec.variable !== undefined ? env[spec.variable] : undefined;
  return value ? [value] : undefined;
}
