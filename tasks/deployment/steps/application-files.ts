import { join } from 'node:path';
import type { Application } from '@opsgraph/releases';
import { application } from '../application.ts';

/** The application with absolute paths. */
export function applicationOf(projectRoot: string): Application {
  const { name, directory, files, dependencies, migrations, lowestMigration } = application;
  return {
    name,
    directory: join(projectRoot, directory),
    files,
    dependencies,
    migrations: migrations.map((path) => join(projectRoot, path)),
    lowestMigration,
  };
}

/** Where `release` puts the artifact. */
export function releaseDirectory(projectRoot: string): string {
  return join(projectRoot, 'tasks', 'deployment', 'release');
}
