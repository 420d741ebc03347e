/**
 * What is deployed; paths from the root of the project. What stands here must
 * also stand among the inputs of `release` in turbo.json, so that a change
 * makes a new release.
 */
export const application = {
  name: 'sample-service',
  directory: 'packages/sample-service',
  files: ['src', 'package.json'],
  /** Everything package.json names as dependencies comes along. */
  dependencies: true,
  migrations: ['tasks/migration/migrations'],
  /**
   * The oldest migration the code works with. Without it the newest there is:
   * then a rollback past a migration is refused.
   */
  lowestMigration: undefined,
} as const;
