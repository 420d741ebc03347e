export interface MigrationFile {
  /** The name without its extension: what identifies a migration. */
  stem: string;
  name: string;
  /** What knex's table calls it. */
  recordedAs: string;
  path: string;
  kind: 'knex' | 'sql';
  bytes: Buffer;
  sha256: string;
  /** Where the knexfile has a way of its own. */
  load?: () => unknown;
}

export interface FileProblem {
  /** Relative to the project. */
  path: string;
  message: string;
  hint: string;
  /** Only reported. */
  isNotice?: boolean;
}
