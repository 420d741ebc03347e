import { didYouMean, nearest } from '@opsgraph/text/nearest';
import { isRecord } from '../files/read-environment-file.ts';
import { describeProblem, describeValue, looksSecret } from './describe-problem.ts';
import type { Key, KeyTable, Leaf, Place, Valibot } from './key.ts';
import { listKeys } from './list-keys.ts';

export interface ReadInput extends Omit<Place, 'key' | 'variable'> {
  v: Valibot;
  table: KeyTable;
  file: Record<string, unknown>;
}

/** Something that is wrong, and with what. */
export interface Problem {
  /** The names of the table's first level that it is about; none: of nobody; undefined: it may be about any. */
  sections: readonly string[] | undefined;
  /** One line. */
  text: string;
}

export interface ReadResult {
  values: Record<string, unknown>;
  leaves: Leaf[];
  /** Names of the groups that the file has. */
  groups: Set<string>;
  problems: Problem[];
}

/**
 * Reads every key of the table: variable in the process environment, then in
 * the .env file, then the file, then the default. Goes on after a problem, so
 * that all are reported at once.
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
    if (Object.hasOwn(table, name)) continue;
    const remark = didYouMean(name, Object.keys(table)) || elsewhere(name, input.table);
    result.problems.push({
      sections: prefix === '' ? meantSections(name, file[name], input.table) : sectionsOf(prefix),
      text: `${prefix}${name} (${shown}): there is no such key${remark}`,
    });
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
      const text = `${key} (${shown}): expected an object with ${Object.keys(entry.keys).join(', ')}, found ${describeValue(inFile)}`;
      result.problems.push({ sections: sectionsOf(key), text });
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
  const complain = (text: string): void => void result.problems.push({ sections: sectionsOf(key), text });
  if (raw === undefined) {
    if (spec.present === 'required')
      complain(`${key} (${shown}): missing; expected ${spec.expected}, for example ${spec.example}`);
    return undefined;
  }
  if (!spec.isSecret && looksSecret(raw)) {
    complain(
      `${key} (${source}): contains a URL with a password, but config/ must hold references only; remove it, and replace the password if it was committed`,
    );
    return undefined;
  }
  const { v, file: _file, table: _table, ...place } = input;
  const parsed = v.safeParse(spec.schema(v, { ...place, key, variable }), raw);
  if (parsed.success) leaf.value = parsed.output;
  else for (const issue of parsed.issues) complain(describeProblem(leaf, issue, v.getDotPath(issue)));
  return leaf.value;
}

/** For a key that is in the wrong group. */
function elsewhere(name: string, table: KeyTable): string {
  const keys = listKeys(table).flatMap(({ key }) => (key.endsWith(`.${name}`) ? [key] : []));
  return keys.length === 0 ? '; remove it' : `; it belongs to ${keys.join(' or ')}`;
}

function sectionsOf(key: string): string[] {
  return [key.split('.', 1)[0]!];
}

/** Those that an unknown key of the first level was probably meant for: a slip, the same beginning, or keys of theirs, also in it. */
function meantSections(name: string, value: unknown, table: KeyTable): string[] {
  const names = Object.keys(table);
  const near = nearest(name, names);
  const related = names.filter((each) => haveSameBeginning(each, name));
  const inside = [name, ...(isRecord(value) ? Object.keys(value) : [])];
  const owners = listKeys(table).flatMap(({ key }) =>
    inside.some((each) => key.endsWith(`.${each}`)) ? sectionsOf(key) : [],
  );
  return [...new Set([...(near === undefined ? [] : [near]), ...related, ...owners])];
}

/** `seeding` and `seeds`, `logging` and `logs`. */
function haveSameBeginning(one: string, other: string): boolean {
  return one.length >= 3 && one.slice(0, 3).toLowerCase() === other.slice(0, 3).toLowerCase();
}
