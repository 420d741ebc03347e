import { resolve } from 'node:path';

/** Where what belongs to this checkout is kept: local PostgreSQL, logs, audit. `.ops`, or what OPS_STATE_DIR names, read from the root. */
export function stateDirectory(root: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = env['OPS_STATE_DIR'];
  return resolve(root, chosen === undefined || chosen === '' ? '.ops' : chosen);
}
