// A process of stock knex: node stock.mjs URL '{"config":…,"verb":"latest"|"up"|"down","until":12}'
// Ends with one line of JSON: how many are applied, and why it went no further.
import { createRequire } from 'node:module';
import { join } from 'node:path';
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
const knex = (knexFactory.knex ?? knexFactory.default ?? knexFactory)({
  ...(knexModule && (await ownOptions(knexModule))),
  client: 'pg',
  connection: url,
  ...(config.searchPath && { searchPath: config.searchPath }),
  migrations: config,
});
let failure = null;
try {
  if (verb === 'latest') await knex.migrate.latest();
  else while ((await applied()) !== until) await knex.migrate[verb]();
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

async function ownOptions(path) {
  const module = await import(pathToFileURL(path).href);
  const all = { ...module.default?.default, ...module.default, ...module };
  const { wrapIdentifier, postProcessResponse, userParams } = { ...all[process.env.NODE_ENV ?? 'development'], ...all };
  return { wrapIdentifier, postProcessResponse, userParams };
}
