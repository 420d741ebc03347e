import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MigrationSettings } from '../settings.ts';
import { nearestPackage } from './nearest-package.ts';

export interface ForgottenKnexfile {
  path: string;
  /** What it says that migrations may depend on. */
  says: string;
}

/**
 * A knexfile beside the migrations that says what changes their names, their
 * order or their session, while migrations.knexModule names none: stock knex
 * would give other tables. It is looked at as text; nothing of it is run.
 */
export function forgottenKnexfile(settings: MigrationSettings): ForgottenKnexfile | undefined {
  if (settings.knexModule !== undefined || settings.knex !== undefined) return undefined;
  const homes = settings.directories.flatMap((directory) => [
    directory,
    dirname(directory),
    nearestPackage(directory)?.directory ?? settings.projectRoot,
  ]);
  for (const home of new Set(homes))
    for (const extension of ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts']) {
      const path = join(home, `knexfile.${extension}`);
      const says = whatMatters(readIfThere(path), settings);
      if (says !== undefined) return { path, says };
    }
  return undefined;
}

function whatMatters(text: string, { tableName }: MigrationSettings): string | undefined {
  const code = text.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
  const option = /\b(wrapIdentifier|postProcessResponse|migrationSource|afterCreate|userParams)\b/.exec(code)?.[1];
  const mappers = /\b\w*(SnakeCaseMappers|[sS]tringcase)\b/.exec(code)?.[0];
  const table = /\btableName\s*:\s*(['"`])((?:(?!\1).)+)\1/.exec(code)?.[2];
  if (option !== undefined || mappers !== undefined) return option ?? mappers;
  return table === undefined || table === (tableName ?? 'knex_migrations') ? undefined : `tableName '${table}'`;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
