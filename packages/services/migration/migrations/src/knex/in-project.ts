import { dirname } from 'node:path';
import type { MigrationSettings } from '../settings.ts';
import { nearestPackage } from './nearest-package.ts';
import { withStrayRejections } from './stray-rejections.ts';
import { withTalkOnStderr } from './talk-on-stderr.ts';

/**
 * Runs code of the project as knex's own command would: in the directory of
 * its knexfile, with imports resolved as its compiler does. What it prints
 * goes to stderr: it is no result.
 *
 * @throws StrayRejection
 */
export async function inProject<T>(settings: MigrationSettings, work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(projectHome(settings));
  try {
    return await withStrayRejections(() => withTalkOnStderr(work));
  } finally {
    process.chdir(before);
  }
}

/** The directory of the knexfile, or the one that is most likely to have it: of the nearest package.json. */
export function projectHome({ knexModule, directories, projectRoot }: MigrationSettings): string {
  if (knexModule !== undefined) return dirname(knexModule);
  return nearestPackage(directories[0]!)?.directory ?? projectRoot;
}
