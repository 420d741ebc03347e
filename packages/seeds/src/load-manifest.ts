import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OpsError } from '@opsgraph/errors';
import type { DataSet } from './data-set.ts';

/**
 * The data sets that `seeds.ts` in `directory` exports as its default.
 *
 * @throws OpsError SEED_MANIFEST_MISSING, SEED_MANIFEST_INVALID (78)
 */
export async function loadManifest(directory: string): Promise<readonly DataSet[]> {
  const file = join(directory, 'seeds.ts');
  await access(file).catch((cause: unknown) => {
    throw new OpsError({
      code: 'SEED_MANIFEST_MISSING',
      exit: 'configuration',
      message: `there is no ${file}`,
      hint: 'write one: `export default [ … ] satisfies readonly DataSet[]` of @opsgraph/seeds; or correct seeds.directory in the configuration',
      cause,
    });
  });
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (cause) {
    throw invalid(file, [`it cannot be read as a module: ${(cause as Error).message}`], cause);
  }
  if (!Array.isArray(exported)) throw invalid(file, ['its default export must be an array of data sets']);
  const sets = exported as readonly DataSet[];
  const problems = checkShapes(sets);
  if (problems.length === 0) problems.push(...checkReferences(sets));
  if (problems.length > 0) throw invalid(file, problems);
  return sets;
}

function invalid(file: string, problems: string[], cause?: unknown): OpsError {
  return new OpsError({
    code: 'SEED_MANIFEST_INVALID',
    exit: 'configuration',
    message: `${file} is no list of data sets`,
    hint: 'write it as `export default [ … ] satisfies readonly DataSet[]` and let tsc check it',
    problems,
    cause,
  });
}

const known = new Set(['name', 'table', 'file', 'generate', 'format', 'key', 'columns', 'references', 'environments']);

function checkShapes(sets: readonly unknown[]): string[] {
  return sets.flatMap((set, index) => {
    if (typeof set !== 'object' || set === null) return [`entry ${index + 1} is no object`];
    const { name, table, file, generate, format, key } = set as Partial<DataSet>;
    const label = typeof name === 'string' && name !== '' ? name : `entry ${index + 1}`;
    return [
      ...(typeof name === 'string' && name !== '' ? [] : [`${label}: name must be a text`]),
      ...(typeof table === 'string' && table !== '' ? [] : [`${label}: table must be a text`]),
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
      ...Object.keys(set)
        .filter((field) => !known.has(field))
        .map((field) => `${label}: unknown field ${field}`),
    ];
  });
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

function checkReferences(sets: readonly DataSet[]): string[] {
  const names = sets.map(({ name }) => name);
  return sets.flatMap(({ name, references = {} }, index) => [
    ...(names.indexOf(name) === index ? [] : [`${name}: there are two sets of this name`]),
    ...Object.entries(references).flatMap(([column, { set, match }]) => [
      ...(names.includes(set) ? [] : [`${name}: ${column} refers to the set ${set}, which does not exist`]),
      ...(Object.keys(match ?? {}).length > 0 ? [] : [`${name}: ${column} must match at least one column of ${set}`]),
    ]),
  ]);
}
