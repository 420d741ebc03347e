import { pathToFileURL } from 'node:url';
import { OpsError } from '@opsgraph/errors';
import { shownPath } from '../files/list-files.ts';
import type { KnexOptions, MigrationSettings } from '../settings.ts';
import { withProjectImports } from './project-imports.ts';

const functions = ['wrapIdentifier', 'postProcessResponse'] as const;

/**
 * Reads wrapIdentifier, postProcessResponse and userParams from a module of
 * the project: its exports, or its default export, as in a knexfile.
 *
 * @throws OpsError KNEX_MODULE (78)
 */
export async function loadKnexOptions(settings: MigrationSettings, path: string): Promise<KnexOptions> {
  const refuse = (message: string, cause?: unknown): OpsError =>
    new OpsError({
      code: 'KNEX_MODULE',
      exit: 'configuration',
      message: `${shownPath(settings, path)} ${message}`,
      hint: 'migrations.knexModule names a module that exports wrapIdentifier, postProcessResponse or userParams',
      cause,
    });
  let exports: Record<string, unknown>;
  try {
    exports = await withProjectImports(() => import(pathToFileURL(path).href) as Promise<Record<string, unknown>>);
  } catch (error) {
    throw refuse(`cannot be imported: ${(error as Error).message.split('\n')[0]}`, error);
  }
  const all = { ...(exports['default'] as object | undefined), ...exports } as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  for (const name of functions) {
    if (all[name] === undefined) continue;
    if (typeof all[name] !== 'function') throw refuse(`exports a ${name} that is no function`);
    options[name] = all[name];
  }
  if (all['userParams'] !== undefined) {
    if (typeof all['userParams'] !== 'object') throw refuse('exports userParams that are no object');
    options['userParams'] = all['userParams'];
  }
  if (Object.keys(options).length === 0) throw refuse('exports nothing of what knex would be told');
  return options as KnexOptions;
}
