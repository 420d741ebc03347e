import { join } from 'node:path';

/** Where `release` puts the artifact. */
export function releaseDirectory(projectRoot: string): string {
  return join(projectRoot, 'tasks', 'deployment', 'release');
}
