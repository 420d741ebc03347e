import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

interface Paths {
  base: string;
  paths: Record<string, string[]>;
}

const known = new Map<string, Paths | undefined>();

/** Where `paths` of the nearest tsconfig.json may mean a specifier to be: absolute paths, perhaps without extension. */
export function tsconfigCandidates(specifier: string, importer: string): string[] {
  const found = pathsFor(dirname(importer));
  if (found === undefined) return [];
  return Object.entries(found.paths).flatMap(([pattern, targets]) => {
    const [before, after] = pattern.split('*');
    const isMatch =
      after === undefined ? specifier === pattern : specifier.startsWith(before!) && specifier.endsWith(after);
    if (!isMatch) return [];
    const middle = after === undefined ? '' : specifier.slice(before!.length, specifier.length - after.length);
    return targets.map((target) =>
      resolve(
        found.base,
        target.replace('*', () => middle),
      ),
    );
  });
}

function pathsFor(directory: string): Paths | undefined {
  if (known.has(directory)) return known.get(directory);
  const file = join(directory, 'tsconfig.json');
  const own = existsSync(file) ? readPaths(file) : undefined;
  const parent = dirname(directory);
  const paths = own ?? (parent === directory || existsSync(file) ? undefined : pathsFor(parent));
  known.set(directory, paths);
  return paths;
}

/** Of the file, or of what it extends. */
function readPaths(file: string, depth = 0): Paths | undefined {
  try {
    const { compilerOptions = {}, extends: base } = JSON.parse(withoutComments(readFileSync(file, 'utf8'))) as {
      compilerOptions?: { baseUrl?: string; paths?: Record<string, string[]> };
      extends?: string | string[];
    };
    const { baseUrl = '.', paths } = compilerOptions;
    if (paths !== undefined) return { base: resolve(dirname(file), baseUrl), paths };
    const [next] = [base ?? []].flat().toReversed();
    if (next?.startsWith('.') !== true || depth > 5) return undefined;
    return readPaths(resolve(dirname(file), next.endsWith('.json') ? next : `${next}.json`), depth + 1);
  } catch {
    // A broken one means what a missing one means: the import is told as not found.
    return undefined;
  }
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1')
    .replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, '$1');
}
