import { didYouMean } from '@opsgraph/text/nearest';
import { isRecord } from '../files/read-environment-file.ts';
import { describeProblem, describeValue, looksSecret } from './describe-problem.ts';
import type { Key, KeyTable, Leaf, Place, Valibot } from './key.ts';
import { listKeys } from './list-keys.ts';

export interface ReadInput extends Omit<Place, 'key' | 'variable'> {
  v: Valibot;
  table: KeyTable;
  file: Record<string, unknown>;
}

export interface ReadResult {
  values: Record<string, unknown>;
  leaves: Leaf[];
  /** Names of the groups that the file has. */
  groups: Set<string>;
  problems: string[];
}

/**
 * Reads every key of the table: variable in the process environment, then in
 * the .env file, then the file, then the default. Goes on after a problem, so
 * that all are told at once.
 */
export function readKeys(input: ReadInput): ReadResult {
  const result: ReadResult = { values: {}, leaves: [], groups: new Set(), problems: [] };
  result.values = readGroup(input.table, input.file, '', input, result);
  return result;
}

function readGroup(
  table: KeyTable,
  file: Record<string, unknown>,
  prefix: string,
  input: ReadInput,
  result: ReadResult,
): Record<string, unknown> {
  const shown = `config/${input.environmentName}.ts`;
  for (const name of Object.keys(file)) {
    if (!Object.hasOwn(table, name))
      result.problems.push(
        `${prefix}${name} (${shown}): there is no such key${didYouMean(name, Object.keys(table)) || elsewhere(name, input.table)}`,
      );
  }
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(table)) {
    const key = `${prefix}${name}`;
    const inFile = Object.hasOwn(file, name) ? file[name] : undefined;
    if (entry.type === 'key') {
      values[name] = readKey(key, entry, inFile, input, result);
    } else if (inFile === undefined && entry.present === 'optional') {
      values[name] = undefined;
    } else if (inFile !== undefined && !isRecord(inFile)) {
      result.problems.push(
        `${key} (${shown}): expected an object with ${Object.keys(entry.keys).join(', ')}, found ${describeValue(inFile)}`,
      );
    } else {
      if (inFile !== undefined) result.groups.add(key);
      values[name] = readGroup(entry.keys, inFile ?? {}, `${key}.`, input, result);
    }
  }
  return values;
}

function readKey(key: string, spec: Key, inFile: unknown, input: ReadInput, result: ReadResult): unknown {
  const shown = `config/${input.environmentName}.ts`;
  const found = spec.variable === undefined ? undefined : input.variables(spec.variable);
  const variable = found === undefined ? undefined : spec.variable;
  const raw = found?.text ?? (inFile === undefined ? spec.defaultValue : inFile);
  const source = found?.source ?? (inFile === undefined ? 'default' : shown);
  const leaf: Leaf = { key, spec, raw, source, isGiven: source !== 'default', value: undefined };
  result.leaves.push(leaf);
  if (raw === undefined) {
    if (spec.present === 'required')
      result.problems.push(`${key} (${shown}): missing; expected ${spec.expected}, for example ${spec.example}`);
    return undefined;
  }
  if (!spec.isSecret && looksSecret(raw)) {
    result.problems.push(
      `${key} (${source}): holds a URL with a password, and there are no secrets in config; remove it, and replace the password if it was committed`,
    );
    return undefined;
  }
  const { v, file: _file, table: _table, ...place } = input;
  const parsed = v.safeParse(spec.schema(v, { ...place, key, variable }), raw);
  if (parsed.success) leaf.value = parsed.output;
  else result.problems.push(...parsed.issues.map((issue) => describeProblem(leaf, issue, v.getDotPath(issue))));
  return leaf.value;
}

/** For a key that stands in the wrong group. */
function elsewhere(name: string, table: KeyTable): string {
  const keys = listKeys(table).flatMap(({ key }) => (key.endsWith(`.${name}`) ? [key] : []));
  return keys.length === 0 ? '; remove it' : `; it belongs to ${keys.join(' or ')}`;
}
