/** What is deployed; paths from the root of the project, which may lead out of it. */
export const application = {
  name: 'sample-service',
  directory: 'packages/sample/service',
  files: ['src', 'package.json'],
  /** Everything package.json names as dependencies comes along. */
  dependencies: true,
  migrations: ['tasks/migration/migrations'],
  /**
   * The oldest migration the code works with. Without it the newest there is:
   * then a rollback past a migration is refused.
   */
  lowestMigration: undefined,
  /**
   * What must succeed before it is packed, as turbo names it. After a change:
   * `pnpm generate`, which writes it to turbo.json.
   */
  checks: ['@opsgraph/sample-service#typecheck', '@opsgraph/sample-service#test'],
} as const;
