import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Chapter } from './chapter.ts';
import { checkout } from './checkout.ts';

/**
 * The chapters of all packages of this Opsgraph, by name: what their
 * `src/chapter.ts` exports. For setup, which makes every table before a task
 * asks for it; a list to keep would be one more thing that a new domain touches.
 */
export async function findChapters(): Promise<Chapter[]> {
  const files = globSync('packages/{shared/*,services/*/*}/src/chapter.ts', { cwd: checkout });
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(join(checkout, file)).href) as Promise<{ chapter: Chapter }>),
  );
  return modules.map(({ chapter }) => chapter).sort((a, b) => a.name.localeCompare(b.name));
}
