import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { type Listed, listFiles, type SourceFile } from './list-files.ts';

interface PackageFile {
  bin?: string | Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** Of a package of this repository nobody needs these to run it. */
const notToRun = new Set(['node_modules', 'test', '.turbo', '.git']);

/**
 * The files of everything a package needs to run, laid out as npm does: flat
 * in node_modules, and below its user where two versions of a name are
 * needed. Packages of the repository lie in workspace/ with a link in
 * node_modules, because Node runs TypeScript only outside of it.
 */
export async function listDependencies(directory: string): Promise<Listed> {
  const found: Listed = { files: [], links: [], directories: [], problems: [] };
  /** Place in the release, with a slash at its end, to the real path here. */
  const placed = new Map<string, string>();
  const queue = [{ place: '', source: await realpath(directory).catch(() => directory) }];
  for (let user = queue.shift(); user !== undefined; user = queue.shift()) {
    const { dependencies = {}, optionalDependencies = {} } = await readPackage(user.source);
    for (const name of Object.keys({ ...optionalDependencies, ...dependencies }).sort()) {
      const source = await resolvePackage(user.source, name);
      if (source === undefined) {
        if (!(name in optionalDependencies)) found.problems.push(`${name}: is a dependency that is not installed`);
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
async function addPackage(found: Listed, place: string, name: string, source: string): Promise<string> {
  const isOwn = !source.includes(`${sep}node_modules${sep}`);
  const real = isOwn ? `workspace/${name}/` : place;
  if (isOwn) {
    const path = place.slice(0, -1);
    found.links.push({ path, target: posix.relative(posix.dirname(path), real.slice(0, -1)) });
  }
  const listed = await listFiles(source, ['.'], isOwn ? notToRun : new Set(['node_modules']));
  const { links, directories, problems } = listed;
  const inside = <Entry extends { path: string }>(entry: Entry): Entry => ({ ...entry, path: `${real}${entry.path}` });
  const files = listed.files.filter(({ path }) => !(isOwn && /^test-report.*\.json$/.test(path))).map(inside);
  addPrograms(found, await programsOf(source, name), { place, real, files });
  found.files.push(...files);
  found.links.push(...links.map(inside));
  found.directories.push(...directories.map(inside));
  found.problems.push(...problems.map((problem) => `${name}: ${problem}`));
  return real;
}

/** What npm puts into node_modules/.bin: a link to each program of a package, which may be executed. */
function addPrograms(
  found: Listed,
  programs: ReadonlyMap<string, string>,
  { place, real, files }: { place: string; real: string; files: SourceFile[] },
): void {
  for (const [program, path] of programs) {
    const file = files.find((one) => one.path === `${real}${path}`);
    if (file === undefined) continue;
    const modules = place.slice(0, place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const link = `${modules}.bin/${program}`;
    // the first has the name, as with npm
    if (found.links.some((one) => one.path === link)) continue;
    const bits = Number.parseInt(file.mode, 8);
    file.mode = (bits | ((bits & 0o444) >> 2)).toString(8);
    found.links.push({ path: link, target: `../${place.slice(modules.length)}${path}` });
  }
}

async function programsOf(source: string, name: string): Promise<ReadonlyMap<string, string>> {
  const { bin = {} } = await readPackage(source);
  const programs = typeof bin === 'string' ? { [name.replace(/^.*\//, '')]: bin } : bin;
  return new Map(
    Object.entries(programs)
      .filter(([program]) => /^[\w@.~-]+$/.test(program) && program !== '..' && program !== '.')
      .map(([program, path]) => [program, posix.normalize(path)]),
  );
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
