import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { listFiles, type SourceFile } from './list-files.ts';
import type { ReleaseLink } from './manifest.ts';

interface PackageFile {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

export interface Dependencies {
  files: SourceFile[];
  links: ReleaseLink[];
  problems: string[];
}

/** Of a package of this repository nobody needs these to run it. */
const notToRun = new Set(['node_modules', 'test', '.turbo', '.git']);

/**
 * The files of everything a package needs to run, laid out as npm does: flat
 * in node_modules, and below its user where two versions of a name are
 * needed. Packages of the repository lie in workspace/ with a link in
 * node_modules, because Node runs TypeScript only outside of it.
 */
export async function listDependencies(directory: string): Promise<Dependencies> {
  const found: Dependencies = { files: [], links: [], problems: [] };
  /** Place in the release, with a slash at its end, to the real path here. */
  const placed = new Map<string, string>();
  const queue = [{ place: '', source: await realpath(directory) }];
  for (let user = queue.shift(); user !== undefined; user = queue.shift()) {
    const { dependencies = {}, optionalDependencies = {} } = await readPackage(user.source);
    for (const name of Object.keys({ ...optionalDependencies, ...dependencies }).sort()) {
      const source = await resolvePackage(user.source, name);
      if (source === undefined) {
        if (!(name in optionalDependencies)) found.problems.push(`${name}: is a dependency and not installed`);
        continue;
      }
      const place = freePlace(placed, user.place, name, source);
      if (place === undefined) continue;
      placed.set(place, source);
      queue.push({ place: await addPackage(found, place, name, source), source });
    }
  }
  return found;
}

/** Returns where its files are: for a package of the repository not where its name is. */
async function addPackage(found: Dependencies, place: string, name: string, source: string): Promise<string> {
  const isOwn = !source.includes(`${sep}node_modules${sep}`);
  const real = isOwn ? `workspace/${name}/` : place;
  if (isOwn) {
    const path = place.slice(0, -1);
    found.links.push({ path, target: posix.relative(posix.dirname(path), real.slice(0, -1)) });
  }
  const { files, problems } = await listFiles(source, ['.'], isOwn ? notToRun : new Set(['node_modules']));
  const wanted = files.filter(({ path }) => !(isOwn && /^test-report.*\.json$/.test(path)));
  found.files.push(...wanted.map((file) => ({ ...file, path: `${real}${file.path}` })));
  found.problems.push(...problems.map((problem) => `${name}: ${problem}`));
  return real;
}

/** undefined: what `user` would find already is the right one. */
function freePlace(
  placed: ReadonlyMap<string, string>,
  user: string,
  name: string,
  source: string,
): string | undefined {
  const visible = visiblePlaces(user, name).find((place) => placed.has(place));
  if (visible === undefined) return `node_modules/${name}/`;
  return placed.get(visible) === source ? undefined : `${user}node_modules/${name}/`;
}

/** Where Node looks for `name` from a directory of the release, nearest first. */
function visiblePlaces(user: string, name: string): string[] {
  const steps = user.split('/').slice(0, -1);
  const directories = Array.from({ length: steps.length + 1 }, (_, up) => steps.slice(0, steps.length - up));
  return directories
    .filter((directory) => directory.at(-1) !== 'node_modules')
    .map((directory) => [...directory, 'node_modules', name, ''].join('/'));
}

async function resolvePackage(from: string, name: string): Promise<string | undefined> {
  for (let directory = from; ; directory = dirname(directory)) {
    const found = await realpath(join(directory, 'node_modules', name)).catch(() => undefined);
    if (found !== undefined) return found;
    if (directory === dirname(directory)) return undefined;
  }
}

async function readPackage(directory: string): Promise<PackageFile> {
  try {
    return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as PackageFile;
  } catch {
    // an application without a package.json has no dependencies
    return {};
  }
}
