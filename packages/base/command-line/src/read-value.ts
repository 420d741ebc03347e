import { resolve } from 'node:path';
import { parseDuration, parseSize } from '@opsgraph/text/units';
import type { OptionSpec } from './options.ts';
import { placeholder } from './placeholder.ts';

/**
 * What was given for an option as its type says; undefined with a line in
 * `problems` when it is not of that type.
 *
 * @param given undefined: the option was not named
 */
export function readValue(
  name: string,
  spec: OptionSpec,
  given: string[] | undefined,
  directory: string,
  problems: string[],
): unknown {
  if (given === undefined) {
    if (spec.required) problems.push(`--${name} ${placeholder(spec)} is required`);
    if (spec.type === 'boolean') return spec.default ?? false;
    if (spec.type === 'list' || spec.type === 'repeated') return spec.default ?? [];
    if (spec.default === undefined) return undefined;
    return typeof spec.default === 'number'
      ? spec.default
      : convert(name, spec, String(spec.default), directory, problems);
  }
  if (spec.type === 'boolean') return true;
  // Named without a value: that was complained about already.
  if (given.length === 0) return undefined;
  if (spec.type === 'repeated') return given;
  if (spec.type === 'list') {
    const items = given
      .flatMap((text) => text.split(','))
      .map((item) => item.trim())
      .filter((item) => item !== '');
    // Not the same as an option that was not named, which often means all: a script's variable was not set.
    if (items.length === 0) problems.push(`--${name} ${JSON.stringify(given.join(','))}: expected a value`);
    return items;
  }
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
        `--${name}: expected ${placeholder(spec).replaceAll('|', ', ')}; a secret itself is not accepted here`,
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
