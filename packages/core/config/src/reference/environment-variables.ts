import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listKeys } from '../declare/list-keys.ts';
import { environmentNames } from '../environment/choose-environment.ts';
import { projectRoot } from '../environment/project-root.ts';
import { taskVariables } from '../environment/task-variables.ts';
import { keyTable } from '../sections/index.ts';

/**
 * Every environment variable a task may read, sorted: those that choose the
 * environment, those of the keys, and those the files of config/ refer to.
 * Turbo hands on no others.
 */
export function environmentVariables(root: string = projectRoot()): string[] {
  const ofKeys = listKeys(keyTable).flatMap(({ spec }) => spec.variable ?? []);
  return sorted([...Object.keys(taskVariables), ...ofKeys, ...referredIn(root)]);
}

/** Those of them that are, or may be, secret: for tasks that read the configuration, and no others. */
export function secretVariables(root: string = projectRoot()): string[] {
  const ofKeys = listKeys(keyTable).flatMap(({ spec }) => (spec.isSecret ? (spec.variable ?? []) : []));
  // Who holds the agent's socket holds the keys to the hosts.
  return sorted([...ofKeys, ...referredIn(root), 'SSH_AUTH_SOCK']);
}

/** `env:NAME` anywhere in a file of config/: most often a secret. */
function referredIn(root: string): string[] {
  return environmentNames(root).flatMap((name) => {
    const text = readFileSync(join(root, 'config', `${name}.ts`), 'utf8');
    return [...text.matchAll(/(['"`])env:([A-Za-z_]\w*)\1/g)].map((match) => match[2]!);
  });
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
