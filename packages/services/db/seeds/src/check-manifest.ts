import type { DataSet } from './data-set.ts';

const known = new Set(['name', 'table', 'file', 'generate', 'format', 'key', 'columns', 'references', 'environments']);

/** What is wrong with each entry by itself. */
export function checkShapes(sets: readonly unknown[]): string[] {
  return sets.flatMap((set, index) => {
    if (typeof set !== 'object' || set === null) return [`entry ${index + 1} is not an object`];
    const { name, table, file, generate, format, key, columns, references, environments } = set as Partial<DataSet>;
    const label = typeof name === 'string' && name !== '' ? name : `entry ${index + 1}`;
    return [
      ...(typeof name === 'string' && name !== '' ? [] : [`${label}: name must be a string`]),
      ...(typeof table === 'string' && table !== '' ? [] : [`${label}: table must be a string`]),
      ...(file !== undefined && generate !== undefined
        ? [`${label}: it has a file and generate; give one of them`]
        : []),
      ...(isFile(file) || (file === undefined && generate !== undefined)
        ? []
        : [`${label}: file must be a path, or { package, file }`]),
      ...(generate === undefined || isGenerate(generate)
        ? []
        : [`${label}: generate must be { seed: a whole number of 32 bits, rows: a function }`]),
      ...(format === undefined || ['json', 'ndjson', 'csv'].includes(format)
        ? []
        : [`${label}: format must be json, ndjson or csv`]),
      ...(Array.isArray(key) && key.length > 0 && key.every((column) => typeof column === 'string')
        ? []
        : [`${label}: key must name at least one column`]),
      ...(columns === undefined || isRecord(columns, (column) => column === null || typeof column === 'string')
        ? []
        : [`${label}: columns must be { field of the file: column of the table, or null }`]),
      ...(references === undefined || isRecord(references, isReference)
        ? []
        : [`${label}: references must be { column: { set, match: { column of that set: field of the file } } }`]),
      ...(environments === undefined || (Array.isArray(environments) && environments.every(isText))
        ? []
        : [`${label}: environments must be a list of names`]),
      ...Object.keys(set)
        .filter((field) => !known.has(field))
        .map((field) => `${label}: unknown field ${field}`),
    ];
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown, isPart: (part: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isPart);
}

function isReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { set, match } = value as Record<string, unknown>;
  return isText(set) && isRecord(match, isText);
}

function isFile(file: unknown): boolean {
  if (typeof file === 'string') return file !== '';
  if (typeof file !== 'object' || file === null) return false;
  const { package: name, file: path } = file as Record<string, unknown>;
  return typeof name === 'string' && typeof path === 'string';
}

function isGenerate(generate: unknown): boolean {
  if (typeof generate !== 'object' || generate === null) return false;
  const { seed, rows } = generate as Record<string, unknown>;
  return seed === (Number(seed) | 0) && typeof rows === 'function';
}

/** What is wrong between the entries. */
export function checkReferences(sets: readonly DataSet[]): string[] {
  const names = sets.map(({ name }) => name);
  return sets.flatMap(({ name, references = {} }, index) => [
    ...(names.indexOf(name) === index ? [] : [`${name}: there are two sets of this name`]),
    ...Object.entries(references).flatMap(([column, { set, match }]) => [
      ...(names.includes(set) ? [] : [`${name}: ${column} refers to the set ${set}, which does not exist`]),
      ...(Object.keys(match).length > 0 ? [] : [`${name}: ${column} must match at least one column of ${set}`]),
    ]),
  ]);
}
