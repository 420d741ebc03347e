import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OpsError, placeInStack } from '@opsgraph/errors';
import { checkReferences, checkShapes } from './check-manifest.ts';
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
    const message = cause instanceof Error ? cause.message : `it throws ${String(cause)}`;
    throw invalid(file, [`${placeInStack(cause) ?? file}: it cannot be read as a module: ${message}`], cause);
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
    message: `${file} is not a list of data sets`,
    hint: 'write it as `export default [ … ] satisfies readonly DataSet[]` and let tsc check it',
    problems,
    cause,
  });
}
