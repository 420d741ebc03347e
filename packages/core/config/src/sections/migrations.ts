import { boolean, group, identifier, identifiers, namesOrAll, path, paths, texts, word } from '../declare/declare.ts';
import type { Key } from '../declare/key.ts';

export const migrations = group('Migrations; the keys are those of knex', {
  directories: paths({
    description: 'Directories with migrations; absolute ones may be outside of the project',
    default: ['tasks/migration/migrations'],
    absolute: true,
  }),
  schemaFile: path({
    description: 'Where `schema` writes what the migrations make',
    default: 'tasks/migration/schema.sql',
  }),
  tableName: identifier({
    description: "Table of knex's ledger",
    default: 'knex_migrations',
  }),
  schemaName: identifier({
    description: "Schema of that table; without it the first of the role's search_path",
  }),
  loadExtensions: texts({
    description: 'Files with these extensions are migrations',
    default: ['.ts', '.js', '.mjs', '.cjs', '.sql'],
    pattern: /^\.[a-z]+$/,
    expected: 'a list of file extensions with their dot',
    example: "['.ts', '.sql']",
  }),
  sortDirsSeparately: boolean({
    description: 'Apply one directory after the other instead of all files by name',
    default: false,
  }),
  searchPath: identifiers({
    description: "search_path while migrating; without it the role's own",
  }),
  disableTransactions: boolean({
    description: 'Apply migrations that do not say otherwise outside a transaction; SQL files say it themselves',
    default: false,
  }),
  disableMigrationsListValidation: boolean({
    description: 'Continue although files of applied migrations are missing',
    default: false,
  }),
  knexModule: path({
    description:
      'The knexfile, for what migrations may depend on: wrapIdentifier, pool.afterCreate, migrationSource, all but its connection',
    absolute: true,
  }),
  knexEnvironment: word({
    description: 'Which environment of the knexfile, if it has some',
    default: 'development',
  }),
  lint: group('What lint looks for in migrations', {
    disable: reasons({
      description: 'Rules that are turned off, each with the reason',
      example: "{ 'varchar-limit': 'the limits are part of a public interface' }",
    }),
    enable: namesOrAll({
      description: 'Rules to turn on that are off by default',
      default: [],
    }),
  }),
});

/** A reason for each name: what is left out without one is forgotten, not decided. */
function reasons({ description, example }: { description: string; example: string }) {
  const none: Readonly<Record<string, string>> = {};
  return {
    type: 'key',
    variable: undefined,
    isSecret: false,
    description,
    example,
    expected: 'an object with a reason for each name',
    present: 'default',
    defaultValue: none,
    schema: (v) =>
      v.pipe(v.record(v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)), v.pipe(v.string(), v.regex(/\S/))), v.readonly()),
  } satisfies Key<Readonly<Record<string, string>>, Readonly<Record<string, string>>, 'default'>;
}
