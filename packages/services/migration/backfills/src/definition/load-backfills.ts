import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OpsError, placeInStack } from '@opsgraph/errors';
import type { Backfill, LoadedBackfill } from './backfill.ts';
import { checkShape } from './check-shape.ts';
import type { BackfillSettings } from './settings.ts';
import { isDigestOf, sourceDigest } from './source-digest.ts';

const extensions = ['.ts', '.js', '.mjs'];

/**
 * The definitions of the directory, by name. No directory is the same as an empty one.
 *
 * @throws OpsError BACKFILL_INVALID (65) with every problem of every file
 */
export async function loadBackfills({
  directory,
  projectRoot,
}: Pick<BackfillSettings, 'directory' | 'projectRoot'>): Promise<LoadedBackfill[]> {
  const names = await listNames(directory);
  const problems: string[] = [];
  const loaded: LoadedBackfill[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const shown = relative(projectRoot, path);
    const bytes = await readFile(path);
    const sha256 = sourceDigest(bytes);
    const [definition, found, place = path] = await importDefinition(path, sha256);
    problems.push(...found.map((problem) => `${relative(projectRoot, place)}: ${problem}`));
    if (definition === undefined) continue;
    const stem = name.slice(0, -extname(name).length);
    if (definition.name !== stem) problems.push(`${shown}: its name is "${definition.name}", its file says "${stem}"`);
    loaded.push({
      definition,
      key: typeof definition.key === 'string' ? [definition.key] : definition.key,
      path: shown,
      sha256,
      isUnedited: (recorded) => isDigestOf(bytes, recorded),
    });
  }
  const twice = loaded.find(({ definition: { name } }, at) =>
    loaded.slice(0, at).some((b) => b.definition.name === name),
  );
  if (twice !== undefined) problems.push(`${twice.path}: another file has this name with another extension`);
  if (problems.length === 0) return loaded;
  throw new OpsError({
    code: 'BACKFILL_INVALID',
    exit: 'badData',
    message: `${problems.length === 1 ? 'a definition is' : 'definitions are'} wrong; nothing was done`,
    hint: 'correct it; docs/backfills.md shows what a definition has',
    problems,
  });
}

async function listNames(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    return files.filter((name) => extensions.includes(extname(name)) && !name.endsWith('.d.ts')).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new OpsError({
      code: 'BACKFILLS_UNREADABLE',
      exit: 'configuration',
      message: `the directory of backfills cannot be read (${code}): ${directory}`,
      hint: 'correct backfills.directory in the configuration, or the permissions',
      cause: error,
    });
  }
}

/** The definition, or what is wrong with it, and where if that is known. The hash in the URL: an edited file is another module. */
async function importDefinition(
  path: string,
  sha256: string,
): Promise<[Backfill | undefined, string[], string | undefined]> {
  let module: Record<string, unknown>;
  try {
    module = (await import(`${pathToFileURL(path).href}?${sha256}`)) as Record<string, unknown>;
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
    const what = error instanceof SyntaxError ? 'has a syntax error' : 'cannot be imported';
    return [undefined, [`${what}: ${first}`], placeInStack(error)];
  }
  const problems = checkShape(module['default']);
  return [problems.length === 0 ? (module['default'] as Backfill) : undefined, problems, undefined];
}
