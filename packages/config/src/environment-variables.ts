import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNames } from './choose-environment.ts';
import { keyTable } from './environment.ts';
import { listKeys } from './list-keys.ts';
import { projectRoot } from './project-root.ts';
import { taskVariables } from './task-variables.ts';

/**
 * Every environment variable a task may read, sorted: those that choose the
 * environment, those of the keys, and those the files of config/ refer to.
 * Turbo hands on no others.
 */
export function environmentVariables(root: string = projectRoot()): string[] {
  const ofKeys = listKeys(keyTable).flatMap(({ spec }) => spec.variable ?? []);
  const referred = environmentNames(root).flatMap((name) => {
    const text = readFileSync(join(root, 'config', `${name}.ts`), 'utf8');
    return [...text.matchAll(/(['"`])env:([A-Za-z_]\w*)\1/g)].map((match) => match[2]!);
  });
  return [...new Set([...Object.keys(taskVariables), ...ofKeys, ...referred])].sort();
}
