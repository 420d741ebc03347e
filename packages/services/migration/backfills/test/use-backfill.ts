import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createProject, type Project } from './project.ts';

/**
 * A database and a directory for the tests of a file, both empty before each of them.
 *
 * @param sql what each test finds in the database
 * @param definitions and in the directory, by name: the text between the braces of each object
 */
export function useBackfill(sql?: string, definitions: Readonly<Record<string, string>> = {}): Project {
  const project = {} as Project;
  beforeAll(async () => {
    Object.assign(project, await createProject());
  });
  beforeEach(async () => {
    await project.reset();
    if (sql !== undefined) await project.query(sql);
    for (const [name, fields] of Object.entries(definitions)) await project.define(name, fields);
  });
  afterAll(() => project.remove());
  return project;
}
