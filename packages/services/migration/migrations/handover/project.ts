import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { MigrationSettings } from '../src/index.ts';

/** A project of others, and how stock knex is run there. */
export interface Project {
  settings: MigrationSettings;
  /** Where its knexfile is: the working directory of stock knex, whose own knex and loaders are used. */
  home: string;
  /** Modules that stock knex is started with (node --import): tsx for TypeScript. */
  imports: readonly string[];
  /** SQL for the empty database: roles, schemas, extensions. */
  setup: string;
  environment: Readonly<Record<string, string>>;
  /** After how many migrations the one takes over from the other; without it the first, a third, two thirds, the last but one. */
  points: readonly number[] | undefined;
}

/**
 * Reads a JSON file with the keys of the configuration's `migrations`, its
 * paths relative to the file, and further `home`, `imports`, `setup`,
 * `environment` and `points`. A directory is one of migrations, with nothing to be said of it.
 */
export function readProject(path: string): Project {
  if (statSync(path).isDirectory()) return complete(resolve(path), { directories: ['.'], home: '.' });
  return complete(dirname(resolve(path)), JSON.parse(readFileSync(path, 'utf8')) as Given);
}

type Given = Omit<MigrationSettings, 'projectRoot'> & Partial<Omit<Project, 'settings'>>;

function complete(base: string, given: Given): Project {
  const { home = '.', imports = [], setup = '', environment = {}, points, ...settings } = given;
  return {
    settings: {
      ...settings,
      directories: settings.directories.map((directory) => resolve(base, directory)),
      ...(settings.knexModule !== undefined && { knexModule: resolve(base, settings.knexModule) }),
      projectRoot: base,
    },
    home: resolve(base, home),
    imports,
    setup,
    environment,
    points,
  };
}
