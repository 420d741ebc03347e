// A process of stock knex: node stock.mjs URL '{"config":…,"verb":"latest"|"up"|"down"|"unlock","until":12}'
// Ends with one line of JSON: how many are applied, and why it went no further.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , url, json] = process.argv;
const { config, knexModule, verb, until } = JSON.parse(json);

// The project's own knex, if it has one.
const requires = [join(process.cwd(), 'package.json'), import.meta.url].map((from) => createRequire(from));
const require = requires.find((one) => {
  try {
    return one.resolve('knex');
  } catch {
    return false;
  }
});
const knexFactory = require('knex');
const { migrations: theirs, ...own } = knexModule === undefined ? {} : await readKnexfile(knexModule);
const source = theirs?.migrationSource;
const { directory, loadExtensions, sortDirsSeparately, ...ledger } = config;
const knex = (knexFactory.knex ?? knexFactory.default ?? knexFactory)({
  ...own,
  client: 'pg',
  connection: url,
  pool: { min: 0, max: 5, ...(own.pool?.afterCreate && { afterCreate: own.pool.afterCreate }) },
  ...(config.searchPath && { searchPath: config.searchPath }),
  migrations: source === undefined ? config : { ...ledger, migrationSource: source },
});
let failure = null;
try {
  if (verb === 'latest') await knex.migrate.latest();
  else if (verb === 'unlock') await knex.migrate.forceFreeMigrationsLock();
  else
    for (let moved = true; moved && (await applied()) !== until; ) {
      const [, done] = await knex.migrate[verb]();
      moved = done.length > 0;
    }
} catch (error) {
  failure = error instanceof Error ? error.message : String(error);
}
console.log(`\n${JSON.stringify({ applied: await applied(), failure, knex: require('knex/package.json').version })}`);
await knex.destroy();
// A project may have opened a pool of its own when it was imported.
process.exit();

async function applied() {
  // Not migrate.list(): it refuses what it must show here.
  const { schemaName, tableName = 'knex_migrations' } = config;
  const [{ exists }] = (
    await knex.raw('SELECT to_regclass(?) IS NOT NULL AS exists', [
      `${schemaName ? `"${schemaName}".` : ''}"${tableName}"`,
    ])
  ).rows;
  if (!exists) return 0;
  return Number(
    (
      await knex.raw(
        `SELECT count(*) FROM ${schemaName ? '??.' : ''}??`,
        schemaName ? [schemaName, tableName] : [tableName],
      )
    ).rows[0].count,
  );
}

function asModule(exports) {
  return exports?.__esModule ? exports : { default: exports };
}

function nearestPackage(path) {
  const file = join(dirname(path), 'package.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  return dirname(path) === path ? undefined : nearestPackage(dirname(path));
}

/** As knex's command does. */
async function readKnexfile(path) {
  // Loaders that were made for require know nothing of import.
  const isModule = /\.m[jt]s$/.test(path) || nearestPackage(path)?.type === 'module';
  const { default: main, ...named } = isModule ? await import(pathToFileURL(path).href) : asModule(require(path));
  const exported = main?.__esModule ? (main.default ?? main) : (main ?? named);
  const all = typeof exported === 'function' ? await exported() : await exported;
  return all[config.knexEnvironment ?? process.env.NODE_ENV ?? 'development'] ?? all;
}
