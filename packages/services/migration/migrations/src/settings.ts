/** knex's options for migrations, with their names and meanings, and where the project is. */
export interface MigrationSettings {
  /** Absolute, in order. */
  directories: readonly string[];
  projectRoot: string;
  /** Default `knex_migrations`; the lock table is `<tableName>_lock`. */
  tableName?: string | undefined;
  /** Where knex's tables are; default: the first schema of the search path. */
  schemaName?: string | undefined;
  /** Default: .ts .js .mjs .cjs .sql. Given, it is exact: without '.sql' SQL files are left alone. */
  loadExtensions?: readonly string[] | undefined;
  /** Sort within each directory, in their order; otherwise all files by name. */
  sortDirsSeparately?: boolean | undefined;
  searchPath?: string | readonly string[] | undefined;
  /** The role of the service: it may read knex's tables, and not write them, whatever it is granted on new tables. */
  appRole?: string | undefined;
  /** Run migrations that don't say otherwise outside a transaction. */
  disableTransactions?: boolean | undefined;
  /** Accept that files of applied migrations are missing. */
  disableMigrationsListValidation?: boolean | undefined;
  /** The knexfile, or a module with some of what it exports. Absolute. Read where `knex` is not given. */
  knexModule?: string | undefined;
  /** Which of the knexfile's environments, if it has some; default: `development`. */
  knexEnvironment?: string | undefined;
  /** Options for the knex that migrations are given. */
  knex?: KnexOptions | undefined;
}

/** What the knexfile says beside its connection. */
export interface KnexOptions {
  /** Passed to the migrations' knex unchanged: wrapIdentifier, postProcessResponse, userParams, defaultDateTimePrecision, … */
  config: Readonly<Record<string, unknown>>;
  /** Of knex's pool: is given the connection before a migration is, and calls `done`. */
  afterCreate?: ((connection: unknown, done: (error?: unknown) => void) => unknown) | undefined;
  /** Decides which migrations there are, and their names in knex's table. */
  source?: MigrationSource | undefined;
}

/** knex's migrationSource. */
export interface MigrationSource {
  getMigrations(loadExtensions: readonly string[]): Promise<unknown[]>;
  getMigrationName(migration: unknown): string;
  getMigration(migration: unknown): unknown;
}

export const defaultExtensions: readonly string[] = ['.ts', '.js', '.mjs', '.cjs', '.sql'];

export function knexTableName(settings: MigrationSettings): string {
  return settings.tableName ?? 'knex_migrations';
}
