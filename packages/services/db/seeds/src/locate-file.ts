import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { DataSet, Format, Generate, SeedInput } from './data-set.ts';
import type { Problems } from './problems.ts';

/** Where the rows of a set come from. */
export type SeedFile = {
  /** How messages name it: relative to the project. */
  label: string;
} & ({ path: string; format: Format } | { generate: Generate; set: string; format: 'generated' });

export const formats: Record<string, Format> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
};

/** Finds the file of a set. One that must not or cannot be read is reported and undefined. */
export async function locateFile(
  set: DataSet,
  { directory, projectRoot }: Pick<SeedInput, 'directory' | 'projectRoot'>,
  problems: Problems,
): Promise<SeedFile | undefined> {
  if (set.generate !== undefined)
    return { label: `${set.name} (generated)`, generate: set.generate, set: set.name, format: 'generated' };
  const named = typeof set.file === 'string' ? resolve(directory, set.file) : packageFile(set.file!, directory);
  const label = typeof set.file === 'string' ? relative(projectRoot, named!) : `${set.file!.package}/${set.file!.file}`;
  const refuse = (text: string): undefined => void problems.add(label, {}, text);

  if (named === undefined)
    return refuse(
      `the package is not installed, or does not offer this file; it must be a dependency of the package that holds seeds.ts`,
    );
  if (!isInside(named, projectRoot)) return refuse('the file is outside the project');
  let path: string;
  try {
    path = await realpath(named);
  } catch (error) {
    return refuse(explain(error as NodeJS.ErrnoException));
  }
  if (!isInside(path, await realpath(projectRoot))) return refuse('the file is a link that leaves the project');
  const facts = await stat(path);
  if (facts.isDirectory()) return refuse('this is a directory, not a file');
  if (!facts.isFile()) return refuse('this is not a regular file');
  if (facts.size === 0)
    return refuse('the file is empty; a set without rows is [] in JSON, or the line of headings in CSV');
  const format = set.format ?? formats[extname(named).toLowerCase()];
  if (format === undefined)
    return refuse('the extension names no format; name it .json, .ndjson or .csv, or give the set a `format`');
  return { path, label, format };
}

function packageFile(
  { package: name, file }: { package: string; file: string },
  directory: string,
): string | undefined {
  try {
    return createRequire(join(directory, 'seeds.ts')).resolve(`${name}/${file}`);
  } catch {
    return undefined;
  }
}

/** `path` is below `directory`; both absolute. */
export function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'the file may not be read by this user';
    case 'ELOOP':
      return 'the link points to itself';
    case 'ENOTDIR':
      return 'a part of its path is no directory';
  }
  return `the file cannot be read: ${error.message}`;
}
