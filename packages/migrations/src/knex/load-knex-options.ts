import { OpsError } from '@opsgraph/errors';
import { shownPath } from '../files/list-files.ts';
import type { KnexOptions, MigrationSettings } from '../settings.ts';
import { importOfProject } from './import-of-project.ts';
import { inProject } from './in-project.ts';

type Exports = Record<string, unknown>;

/** What shows that an object is what knex is told. */
const known = ['client', 'connection', 'migrations', 'pool', 'wrapIdentifier', 'postProcessResponse', 'userParams'];

/**
 * Reads what migrations may depend on from a module of the project, which is
 * its knexfile or exports the same: wrapIdentifier, postProcessResponse,
 * userParams, pool.afterCreate. As for knex it may export a promise, a
 * function, and one object for each environment.
 *
 * @throws OpsError KNEX_MODULE (78)
 */
export async function loadKnexOptions(settings: MigrationSettings, path: string): Promise<KnexOptions> {
  const refuse = (message: string, hint = kinds, cause?: unknown): OpsError =>
    new OpsError({
      code: 'KNEX_MODULE',
      exit: 'configuration',
      message: `${shownPath(settings, path)} ${message}`,
      hint,
      cause,
    });
  let exported: Exports;
  try {
    exported = await inProject(settings, async () => resolveExports(await importOfProject(path)));
  } catch (error) {
    throw refuse(`cannot be imported: ${(error as Error).message.split('\n')[0]}`, kinds, error);
  }
  const environment = settings.knexEnvironment ?? 'development';
  const all = [exported, exported[environment]].filter(isRecord).find((one) => known.some((key) => key in one));
  if (all === undefined)
    throw refuse(
      `exports nothing that knex is told, nor anything for ${environment}`,
      `${kinds}; migrations.knexEnvironment names one of its environments`,
    );
  requireSameLedger(settings, all, refuse);

  const { wrapIdentifier, postProcessResponse, userParams, pool } = all;
  const afterCreate = isRecord(pool) ? pool['afterCreate'] : undefined;
  for (const [name, value] of Object.entries({ wrapIdentifier, postProcessResponse, 'pool.afterCreate': afterCreate }))
    if (value !== undefined && typeof value !== 'function') throw refuse(`exports a ${name} that is no function`);
  if (userParams !== undefined && !isRecord(userParams)) throw refuse('exports userParams that are no object');
  const given = { wrapIdentifier, postProcessResponse, userParams, afterCreate };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as KnexOptions;
}

const kinds = 'migrations.knexModule names the knexfile, or a module with some of what it exports';

/** What a module exports by name and by default; a compiled one has its default inside the default. */
async function resolveExports({ default: main, ...named }: Exports): Promise<Exports> {
  const exported = isRecord(main) && main['__esModule'] === true ? (main['default'] ?? main) : main;
  const given: unknown = await (typeof exported === 'function' ? exported() : exported);
  return { ...(isRecord(given) ? given : {}), ...named };
}

/** Another table would be an empty ledger: everything would seem to be pending. */
function requireSameLedger(
  settings: MigrationSettings,
  { migrations }: Exports,
  refuse: (message: string, hint: string) => OpsError,
): void {
  if (!isRecord(migrations)) return;
  for (const key of ['tableName', 'schemaName'] as const) {
    const theirs = migrations[key];
    const ours = settings[key] ?? (key === 'tableName' ? 'knex_migrations' : undefined);
    if (typeof theirs === 'string' && theirs !== ours)
      throw refuse(
        `has migrations.${key} ${theirs}, and the configuration ${ours ?? 'none'}`,
        `write ${key}: '${theirs}' under migrations in the configuration`,
      );
  }
}

function isRecord(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null;
}
