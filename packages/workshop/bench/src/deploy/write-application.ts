import { join } from 'node:path';
import { writeFiles } from '../project.ts';
import { applicationFiles } from './application.ts';

/** A version of the application in the directory `app` of a project, and the file of its configuration that names it. */
export async function writeApplication(root: string, version: number): Promise<void> {
  const application = {
    name: 'bench',
    directory: 'app',
    files: ['src', 'package.json'],
    dependencies: true,
    migrations: ['tasks/migration/migrations'],
  };
  await writeFiles(root, { 'config/application.ts': `export default ${JSON.stringify(application)};\n` });
  await writeFiles(join(root, 'app'), applicationFiles(version));
}
