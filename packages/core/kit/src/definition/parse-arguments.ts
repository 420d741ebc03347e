import { resolve } from 'node:path';
import { parseDuration, parseSize } from '@opsgraph/config/units';
import { OpsError } from '@opsgraph/errors';
import { type CommonValues, commonOptions, shortNames } from './common-options.ts';
import type { OptionSpec, OptionSpecs, OptionValues } from './options.ts';

// An import of node:util evaluates all it exports, worker threads included; each run would pay for that.
const { parseArgs } = process.getBuiltinModule('node:util');

export interface ParsedArguments<Options extends OptionSpecs> {
  common: CommonValues;
  options: OptionValues<Options>;
}

/**
 * Reads a command line by its definition. `directory` is where relative paths
 * start: the caller's, not the package's (pnpm changes it). `env` has what
 * was not written there.
 *
 * @throws OpsError USAGE (64) with every problem at once
 */
export async function parseArguments<Options extends OptionSpecs>(
  specs: Options,
  argv: readonly string[],
  directory: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ParsedArguments<Options>> {
  const all: OptionSpecs = { ...commonOptions, ...specs };
  const problems: string[] = [];
  const given = new Map<string, string[]>();
  // `pnpm run seed -- --set x` hands the dashes on.
  const words = argv[0] === '--' ? argv.slice(1) : [...argv];
  const { tokens } = parseArgs({
    args: words,
    options: lexerOptions(all),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const takesSecrets = Object.values(specs).some(({ type }) => type === 'refused' || type === 'secret-source');
  /** Where the last option stood that does not exist. */
  let unknownAt: number | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      // Behind such an option it may be a password that was meant for it; so it may anywhere on the command
      // line of a task that takes secrets in another way.
      const shown = takesSecrets ? `in place ${token.index + 1}` : JSON.stringify(token.value);
      problems.push(`unexpected argument ${unknownAt === token.index - 1 ? 'behind an unknown option' : shown}`);
    }
    // -pSECRET reads as many short options; the first one that is unknown stands for the whole word.
    if (token.kind !== 'option' || unknownAt === token.index) continue;
    if (all[token.name] === undefined) unknownAt = token.index;
    const problem = await accept(token, all, given);
    if (problem !== undefined) problems.push(problem);
  }
  const read = (part: OptionSpecs): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(part).map(([name, spec]) => [
        name,
        readValue(name, spec, given.get(name) ?? inEnvironment(spec, env), directory, problems),
      ]),
    );
  const common = read(commonOptions) as CommonValues;
  const options = read(specs) as OptionValues<Options>;
  // Asked for help, a person gets help, whatever else is wrong.
  if (problems.length > 0 && !given.has('help')) {
    throw new OpsError({
      code: 'USAGE',
      exit: 'usage',
      message: problems.length === 1 ? problems[0]! : `${problems.length} problems with the command line`,
      problems: problems.length === 1 ? [] : problems,
      hint: '--help shows the options',
    });
  }
  return { common, options };
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
  const spec = specs[name];
  if (spec === undefined) return unknownOption(rawName, Object.keys(specs));
  // Without the value, which is a password more often than not.
  if (spec.type === 'refused') return `--${name} is not taken: ${spec.description}`;
  const values = given.get(name) ?? [];
  given.set(name, values);
  if (spec.type === 'boolean') return value === undefined ? undefined : `--${name} takes no value`;
  if (value === undefined || (value.startsWith('-') && !inlineValue)) {
    return `--${name} needs a value: --${name} ${placeholder(spec)}`;
  }
  values.push(value);
  return undefined;
}

const secretSources = ['prompt', 'stdin', 'file:PATH', "'cmd:PROGRAM ARGUMENT …'"];

/** The word that stands for the value in the help. */
export function placeholder(spec: OptionSpec): string {
  if (spec.type === 'boolean') return '';
  if (spec.type === 'choice') return spec.choices.join('|');
  if (spec.type === 'secret-source') return [...(spec.words ?? []), ...secretSources].join('|');
  if (spec.type === 'refused') return '';
  return (
    spec.value ?? { string: 'TEXT', path: 'PATH', duration: 'TIME', size: 'SIZE', number: 'N', list: 'A,B' }[spec.type]
  );
}

function lexerOptions(
  specs: OptionSpecs,
): Record<string, { type: 'string' | 'boolean'; short?: string; multiple: boolean }> {
  const shorts = Object.fromEntries(Object.entries(shortNames).map(([short, long]) => [long, short]));
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.type === 'boolean' ? 'boolean' : 'string',
        multiple: true,
        ...(shorts[name] && { short: shorts[name] }),
      },
    ]),
  );
}

async function unknownOption(written: string, known: string[]): Promise<string> {
  const { didYouMean } = await import('@opsgraph/text/nearest');
  return `unknown option ${written}${didYouMean(written, known, '--')}`;
}

function inEnvironment(spec: OptionSpec, env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  const value = 'variable' in spec && spec.variable !== undefined ? env[spec.variable] : undefined;
  return value ? [value] : undefined;
}

function readValue(
  name: string,
  spec: OptionSpec,
  given: string[] | undefined,
  directory: string,
  problems: string[],
): unknown {
  if (given === undefined) {
    if (spec.required) problems.push(`--${name} ${placeholder(spec)} is required`);
    if (spec.type === 'boolean') return spec.default ?? false;
    if (spec.type === 'list') return spec.default ?? [];
    if (spec.default === undefined) return undefined;
    return typeof spec.default === 'number'
      ? spec.default
      : convert(name, spec, String(spec.default), directory, problems);
  }
  if (spec.type === 'boolean') return true;
  // Named without a value: that was complained about already.
  if (given.length === 0) return undefined;
  if (spec.type === 'list')
    return given
      .flatMap((text) => text.split(','))
      .map((item) => item.trim())
      .filter((item) => item !== '');
  // The same twice is no contradiction: `deploy:staging --env staging`.
  if (new Set(given).size > 1) problems.push(`--${name} was given ${given.length} times`);
  return convert(name, spec, given.at(-1)!, directory, problems);
}

function convert(name: string, spec: OptionSpec, text: string, directory: string, problems: string[]): unknown {
  const wrong = (expected: string): undefined => {
    problems.push(`--${name} ${JSON.stringify(text)}: expected ${expected}`);
    return undefined;
  };
  if (text === '' || text.includes('\0')) return wrong(text === '' ? 'a value' : 'text without NUL');
  switch (spec.type) {
    case 'number': {
      const number = Number(text);
      const { min = -Infinity, max = Infinity, integer = false } = spec;
      if (!Number.isFinite(number) || number < min || number > max || (integer && !Number.isInteger(number))) {
        return wrong(
          `a ${integer ? 'whole ' : ''}number${min > -Infinity ? ` from ${min}` : ''}${max < Infinity ? ` to ${max}` : ''}`,
        );
      }
      return number;
    }
    case 'duration':
      return parseDuration(text) ?? wrong('a time like 500ms, 30s, 5m, 2h or 1d');
    case 'size':
      return parseSize(text) ?? wrong('a size like 512kB, 10MB or 1GiB');
    case 'choice':
      return spec.choices.includes(text) ? text : wrong(`one of ${spec.choices.join(', ')}`);
    case 'path':
      return resolve(directory, text);
    case 'secret-source':
      if (text.startsWith('file:')) return `file:${resolve(directory, text.slice('file:'.length))}`;
      if (/^(?:prompt|stdin|cmd:.+)$/s.test(text) || spec.words?.includes(text)) return text;
      // Not quoted: who misunderstands the option writes the secret itself.
      problems.push(
        `--${name}: expected ${placeholder(spec).replaceAll('|', ', ')}; a secret itself is not taken here`,
      );
      return undefined;
    case 'string':
      if (text.length <= (spec.longest ?? Infinity)) return text;
      problems.push(`--${name}: expected at most ${spec.longest} characters, and ${text.length} were given`);
      return undefined;
    default:
      return text;
  }
}
