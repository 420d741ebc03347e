import { OpsError } from '@opsgraph/errors';
import { shownPath } from '../files/list-files.ts';
import type { KnexOptions, MigrationSettings } from '../settings.ts';
import { importOfProject } from './import-of-project.ts';
import { inProject } from './in-project.ts';
import { type Refuse, requireAgreement } from './require-agreement.ts';

type Exports = Record<string, unknown>;

/** What shows that an object is a configuration of knex. */
const known = ['client', 'connection', 'migrations', 'pool', 'wrapIdentifier', 'postProcessResponse', 'userParams'];

/** What we are ourselves: the connection is the session's. */
const ours = ['dialect', 'connection', 'connectionPool', 'pool'];

/**
 * Reads what migrations may depend on from a module of the project, which is
 * its knexfile or exports the same. As for knex it may export a promise, a
 * function, and one object for each environment.
 *
 * @throws OpsError KNEX_MODULE (78)
 */
export async function loadKnexOptions(settings: MigrationSettings, path: string): Promise<KnexOptions> {
  const refuse: Refuse = (message, hint = kinds, cause) =>
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
  // As knex's command chooses: what is beside the environments is not theirs.
  const all = isRecord(exported[environment]) ? exported[environment] : exported;
  if (!known.some((key) => key in all))
    throw refuse(
      `exports no settings of knex, and nothing for ${environment}`,
      `${kinds}; migrations.knexEnvironment names one of its environments`,
    );
  const pool = isRecord(all['pool']) ? all['pool'] : {};
  const migrations = isRecord(all['migrations']) ? all['migrations'] : {};
  requireFunctions({ ...all, 'pool.afterCreate': pool['afterCreate'] }, refuse);
  requireAgreement(settings, { ...migrations, searchPath: all['searchPath'] }, refuse);
  return {
    config: Object.fromEntries(
      Object.entries(all).filter(
        ([key, value]) => !ours.includes(key) && (key !== 'client' || typeof value === 'string'),
      ),
    ),
    afterCreate: pool['afterCreate'] as KnexOptions['afterCreate'],
    // As knex has it: what is said of directories counts more than a source.
    source: ['directory', 'sortDirsSeparately', 'loadExtensions'].some((key) => migrations[key] !== undefined)
      ? undefined
      : (migrations['migrationSource'] as KnexOptions['source']),
  };
}

const kinds = 'migrations.knexModule names the knexfile, or a module with some of what it exports';

/** What a module exports by name and by default; a compiled one has its default inside the default. */
async function resolveExports({ default: main, ...named }: Exports): Promise<Exports> {
  const exported = isRecord(main) && main['__esModule'] === true ? (main['default'] ?? main) : main;
  const given: unknown = await (typeof exported === 'function' ? exported() : exported);
  return { ...(isRecord(given) ? given : {}), ...named };
}

function requireFunctions(all: Exports, refuse: Refuse): void {
  for (const name of ['wrapIdentifier', 'postProcessResponse', 'pool.afterCreate'])
    if (all[name] !== undefined && typeof all[name] !== 'function')
      throw refuse(`exports a ${name} that is not a function`);
  if (all['userParams'] !== undefined && !isRecord(all['userParams']))
    throw refuse('exports userParams that are not an object');
}

function isRecord(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null;
}
