import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Package {
  directory: string;
  /** "type": "module" */
  isModule: boolean;
}

const known = new Map<string, Package | undefined>();

/** The package that the files of a directory belong to. */
export function nearestPackage(directory: string): Package | undefined {
  if (!known.has(directory)) known.set(directory, findPackage(directory));
  return known.get(directory);
}

function findPackage(directory: string): Package | undefined {
  const file = join(directory, 'package.json');
  if (existsSync(file)) {
    const { type } = JSON.parse(readFileSync(file, 'utf8')) as { type?: string };
    return { directory, isModule: type === 'module' };
  }
  const parent = dirname(directory);
  return parent === directory ? undefined : nearestPackage(parent);
}
