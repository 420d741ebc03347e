import type { ApplicationFile } from '@opsgraph/config';

/** What is deployed, to whichever environment; paths from the root of the project, which may lead out of it. */
export default {
  name: 'sample-service',
  directory: 'packages/sample/service',
  files: ['src', 'package.json'],
  dependencies: true,
  migrations: ['packages/sample/database/migrations'],
  checks: ['@opsgraph/sample-service#typecheck', '@opsgraph/sample-service#test'],
} satisfies ApplicationFile;
