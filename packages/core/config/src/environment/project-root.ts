import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { OpsError } from '@opsgraph/errors';

/**
 * Absolute path of the project: the checkout this file is part of, or what
 * OPS_ROOT names.
 *
 * @throws OpsError PROJECT_ROOT_INVALID (78)
 */
export function projectRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = env['OPS_ROOT'];
  if (chosen === undefined || chosen === '') return resolve(import.meta.dirname, '../../../../..');
  const root = resolve(chosen);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new OpsError({
      code: 'PROJECT_ROOT_INVALID',
      exit: 'configuration',
      message: `OPS_ROOT names ${root}, which is not a directory`,
      hint: 'name the directory that holds config/, or unset OPS_ROOT',
    });
  }
  return root;
}
