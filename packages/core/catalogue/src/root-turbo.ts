import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentVariables, secretVariables } from '@opsgraph/config/reference';
import { readsConfiguration } from '@opsgraph/kit';
import type { CatalogueEntry } from './read-catalogue.ts';

interface TurboFile {
  globalPassThroughEnv?: string[];
  tasks: Record<string, { passThroughEnv?: string[] }>;
}

/**
 * The root's turbo.json with what follows from the definitions: the variables
 * that reach a task, and one entry for each task's name. What a team has added
 * by hand stays: a variable in globalPassThroughEnv for every program that
 * turbo starts, one in the passThroughEnv of a task (VAULT_TOKEN for a `cmd:`
 * secret) for all tasks that read the configuration.
 */
export function rootTurbo(root: string, catalogue: readonly CatalogueEntry[]): string {
  const text = readFileSync(join(root, 'turbo.json'), 'utf8');
  const present = JSON.parse(text) as TurboFile;
  const scripts = Map.groupBy(catalogue, ({ script }) => script);
  const byHand = [...scripts.keys()].flatMap((script) => present.tasks[script]?.passThroughEnv ?? []);
  const secret = sorted([...secretVariables(root), ...byHand]);
  const open = sorted([...environmentVariables(root), ...(present.globalPassThroughEnv ?? [])]);
  return withEntries(
    withVariables(
      text,
      open.filter((name) => !secret.includes(name)),
    ),
    scripts,
    secret,
  );
}

/** turbo drops every variable that is not named: a task would fail far from the cause. */
function withVariables(turboJson: string, names: readonly string[]): string {
  const lines = names.map((name) => `    "${name}"`).join(',\n');
  return turboJson.replace(/"globalPassThroughEnv": \[[^\]]*\]/, `"globalPassThroughEnv": [\n${lines}\n  ]`);
}

/**
 * In a subdirectory turbo looks only at the package there, finds no task of
 * that name, runs nothing and exits with 0. An entry gives every package a node
 * of that name which runs nothing itself and waits for the task that is meant.
 * The domain's own entry replaces `dependsOn` and inherits the rest: never
 * cached, and secrets for a task that reads the configuration.
 */
function withEntries(
  turboJson: string,
  scripts: ReadonlyMap<string, readonly CatalogueEntry[]>,
  secret: readonly string[],
): string {
  const entry =
    /^ {4}"([^"#]+)": \{ "cache": false, (?:"passThroughEnv": \[[^\]]*\], )?"dependsOn": \["[^"#]+#\1"(?:, "[^"#]+#\1")*\] \},?\n/gm;
  const lines = [...scripts].map(([script, same]) => {
    const meant = same.map(({ domain }) => `${domain}#${script}`);
    const handed = same.some(({ definition }) => definition && readsConfiguration(definition)) ? secret : [];
    const passThroughEnv = handed.length === 0 ? '' : `"passThroughEnv": ${list(handed)}, `;
    return `    "${script}": { "cache": false, ${passThroughEnv}"dependsOn": ${list(meant)} }`;
  });
  const others = turboJson.replace(entry, '');
  return others.replace(/,?\n {2}\}\n\}\n$/, `,\n${lines.join(',\n')}\n  }\n}\n`);
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => `"${name}"`).join(', ')}]`;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
