import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The root's turbo.json with the variables that turbo hands to every program:
 * it drops those that are not named, and a task would fail far from the cause.
 * What a team has added by hand stays, unless it is a secret.
 *
 * @param open those that tasks read and that are no secrets
 */
export function rootTurbo(root: string, open: readonly string[], secret: readonly string[]): string {
  const text = readFileSync(join(root, 'turbo.json'), 'utf8');
  const { globalPassThroughEnv = [] } = JSON.parse(text) as { globalPassThroughEnv?: string[] };
  const names = [...new Set([...open, ...globalPassThroughEnv])].filter((name) => !secret.includes(name)).sort();
  const lines = names.map((name) => `    "${name}"`).join(',\n');
  return text.replace(/"globalPassThroughEnv": \[[^\]]*\]/, `"globalPassThroughEnv": [\n${lines}\n  ]`);
}
