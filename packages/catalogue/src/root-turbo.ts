import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentVariables } from '@opsgraph/config/reference';
import type { CatalogueEntry } from './read-catalogue.ts';

/**
 * The root's turbo.json with what follows from the definitions: the variables
 * that reach a task, and one entry for each task's name.
 */
export function rootTurbo(root: string, catalogue: readonly CatalogueEntry[]): string {
  const present = readFileSync(join(root, 'turbo.json'), 'utf8');
  return withEntries(withVariables(present, root), catalogue);
}

/**
 * turbo drops every variable that is not named: a task would fail far from
 * the cause. A variable that a team has added by hand (VAULT_ADDR for a `cmd:`
 * secret) stays.
 */
function withVariables(turboJson: string, root: string): string {
  const { globalPassThroughEnv: present = [] } = JSON.parse(turboJson) as { globalPassThroughEnv?: string[] };
  const names = [...new Set([...environmentVariables(root), ...present])].sort();
  const lines = names.map((name) => `    "${name}"`).join(',\n');
  return turboJson.replace(/"globalPassThroughEnv": \[[^\]]*\]/, `"globalPassThroughEnv": [\n${lines}\n  ]`);
}

/**
 * In a subdirectory turbo looks only at the package there, finds no task of
 * that name, runs nothing and exits with 0. An entry gives every package a node
 * of that name which runs nothing itself and waits for the task that is meant.
 * Domains cut themselves off from it (`extends: false`): they would wait for themselves.
 */
function withEntries(turboJson: string, catalogue: readonly CatalogueEntry[]): string {
  const entry = /^ {4}"([^"#]+)": \{ "cache": false, "dependsOn": \["[^"#]+#\1"(?:, "[^"#]+#\1")*\] \},?\n/gm;
  const lines = [...Map.groupBy(catalogue, ({ script }) => script)].map(([script, same]) => {
    const meant = same.map(({ domain }) => `"${domain}#${script}"`).join(', ');
    return `    "${script}": { "cache": false, "dependsOn": [${meant}] }`;
  });
  const others = turboJson.replace(entry, '');
  return others.replace(/,?\n {2}\}\n\}\n$/, `,\n${lines.join(',\n')}\n  }\n}\n`);
}
