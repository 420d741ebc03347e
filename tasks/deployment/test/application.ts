import type { TaskProject } from '@opsgraph/kit/testing';

/** What the project of a test deploys: the directory `app` with one module, for one migration. */
export function writeApplication(project: TaskProject, main: string): void {
  const application = {
    name: 'app',
    directory: 'app',
    files: ['src', 'package.json'],
    dependencies: true,
    migrations: ['tasks/migration/migrations'],
  };
  project.write('config/application.ts', `export default ${JSON.stringify(application)};\n`);
  project.write('tasks/migration/migrations/20250101000000_first.sql', '-- migrate:up\nCREATE TABLE t (a int);\n');
  project.write('app/package.json', '{"type":"module"}');
  project.write('app/src/main.mjs', main);
}
