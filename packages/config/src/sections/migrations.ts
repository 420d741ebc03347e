import { boolean, group, identifier, identifiers, paths, texts } from '../declare.ts';

export const migrations = group('Migrations; the keys are those of knex', {
  directories: paths({
    description: 'Directories with migrations',
    default: ['tasks/migration/migrations'],
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
});
