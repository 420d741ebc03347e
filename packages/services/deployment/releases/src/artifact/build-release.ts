import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OpsError } from '@opsgraph/errors';
import { inParallel } from '@opsgraph/hosts';
import { listDependencies } from './list-dependencies.ts';
import { listFiles, type SourceFile } from './list-files.ts';
import { type Manifest, makeManifest, writeManifest } from './manifest.ts';
import { linkProblems } from './resolve-links.ts';
import { type Content, writeTar } from './tar.ts';

/** What belongs to a release; paths are absolute. */
export interface Application {
  name: string;
  directory: string;
  /** Files and directories in it that belong to the release. */
  files: readonly string[];
  /** Whether what package.json names as dependencies comes along, as node_modules. */
  dependencies: boolean;
  /** The directories of the migrations it was written against. */
  migrations: readonly string[];
  /** The oldest migration it works with; without it the newest there is. */
  lowestMigration: string | undefined;
}

export interface Release {
  manifest: Manifest;
  /** Path of the archive with its files. */
  archive: string;
}

/** Bytes of one file: more cannot be said in its head in the archive. */
const largest = 8 ** 11 - 1;
const filesAtOnce = 16;

export const manifestFile = 'release.json';
export const archiveFile = 'release.tar';

/**
 * Packs the application into `output`: an archive and its manifest, the same
 * bytes for the same content.
 *
 * @throws OpsError APPLICATION_INVALID (65) with every problem
 */
export async function buildRelease(application: Application, output: string): Promise<Release> {
  const { manifest, sources } = await describeApplication(application);
  await mkdir(output, { recursive: true });
  await removeRemains(output);
  const archive = join(output, archiveFile);
  const read = (path: string): Content => createReadStream(sources.get(path)!, { highWaterMark: 1 << 18 });
  // renamed: a deployment of this checkout may be reading them, and it is the same release mostly
  const part = (name: string): string => join(output, `${name}.${process.pid}`);
  await pipeline(writeTar(manifest.files, read), createWriteStream(part(archiveFile)));
  await writeFile(part(manifestFile), writeManifest(manifest));
  for (const name of [archiveFile, manifestFile]) await rename(part(name), join(output, name));
  return { manifest, archive };
}

/** Whatever is there beside a release, but for what another build is just writing. */
async function removeRemains(output: string): Promise<void> {
  for (const name of await readdir(output)) {
    if (name === archiveFile || name === manifestFile || isBeingWritten(name)) continue;
    await rm(join(output, name), { recursive: true, force: true });
  }
}

function isBeingWritten(name: string): boolean {
  const pid = /\.(\d+)$/.exec(name)?.[1];
  try {
    return pid !== undefined && process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

/** The manifest that the application would get now. */
export async function describeApplication(
  application: Application,
): Promise<{ manifest: Manifest; sources: ReadonlyMap<string, string> }> {
  const own = await listFiles(application.directory, application.files, new Set(['node_modules', '.turbo', '.git']));
  const needed = application.dependencies
    ? await listDependencies(application.directory)
    : { files: [], links: [], directories: [], problems: [] };
  const files = [...own.files, ...needed.files];
  const links = [...own.links, ...needed.links];
  const directories = [...own.directories, ...needed.directories];
  const paths = [...files, ...directories].map(({ path }) => path);
  const problems = [
    ...own.problems,
    ...needed.problems,
    ...linkProblems(links, paths),
    ...(files.length === 0 ? ['it has no files'] : []),
  ];
  const names = await migrationNames(application.migrations, problems);
  const highest = names.at(-1) ?? null;
  const lowest = application.lowestMigration ?? highest;
  if (lowest !== null && !names.includes(lowest))
    problems.push(`${lowest}: is named as the lowest migration, and there is no such file`);
  if (problems.length > 0) throw invalid(application, problems);
  for (const { path, source } of files) {
    const { size } = await stat(source);
    if (size > largest) problems.push(`${path}: has ${Math.ceil(size / 1e9)} GB; a file of a release can have 8`);
  }
  if (problems.length > 0) throw invalid(application, problems);
  const read = await inParallel(files, filesAtOnce, describeFile);
  const hashed = read.flatMap((one) => ('value' in one ? [one.value] : []));
  const unread = read.flatMap((one, index) =>
    'error' in one ? [`${files[index]!.source}: cannot be read (${(one.error as NodeJS.ErrnoException).code})`] : [],
  );
  if (unread.length > 0) throw invalid(application, unread);
  return {
    manifest: makeManifest({
      application: application.name,
      migrations: { lowest, highest },
      files: hashed,
      links,
      directories,
    }),
    sources: new Map(files.map(({ path, source }) => [path, source])),
  };
}

function invalid({ name, directory }: Application, problems: readonly string[]): OpsError {
  return new OpsError({
    code: 'APPLICATION_INVALID',
    exit: 'badData',
    message: `${name} cannot be packed`,
    hint: `check what belongs to it: config/application.ts, and ${directory}`,
    problems: problems.slice(0, 20),
  });
}

async function describeFile({ path, source, mode }: SourceFile) {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of createReadStream(source, { highWaterMark: 1 << 18 })) {
    hash.update(piece);
    size += piece.length;
  }
  return { path, mode, size, sha256: hash.digest('hex') };
}

/** Without extension, in the order in which they are applied. */
async function migrationNames(directories: readonly string[], problems: string[]): Promise<string[]> {
  const listed = await Promise.all(
    directories.map((directory) =>
      readdir(directory).catch(() => {
        problems.push(`${directory}: this directory of migrations cannot be read`);
        return [];
      }),
    ),
  );
  const isMigration = (name: string): boolean =>
    /^\.(ts|js|mjs|cjs|sql)$/.test(extname(name)) && !name.endsWith('.d.ts');
  return listed
    .flat()
    .filter(isMigration)
    .map((name) => name.slice(0, -extname(name).length))
    .sort();
}
