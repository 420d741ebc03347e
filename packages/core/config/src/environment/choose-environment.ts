import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { didYouMean } from '@opsgraph/text/nearest';
import { applicationName } from '../application/load-application.ts';
import { projectRoot } from './project-root.ts';

export interface EnvironmentChoice {
  /** What --env was given. */
  option: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** The project; without it OPS_ROOT, or this checkout. */
  root?: string;
}

/** Also keeps `../` out of the file names made from it. */
const namePattern = /^[a-z][a-z0-9_-]{0,62}$/;

/**
 * The environment to work on: `--env`, else OPS_ENV, else `local`.
 *
 * @throws OpsError ENVIRONMENT_UNKNOWN (78) naming those there are
 */
export function chooseEnvironment({ option, env, root = projectRoot(env) }: EnvironmentChoice): string {
  const fromVariable = env['OPS_ENV'] === '' ? undefined : env['OPS_ENV'];
  const name = option ?? fromVariable ?? 'local';
  const origin = option !== undefined ? '--env' : fromVariable !== undefined ? 'OPS_ENV' : 'the default';
  requireEnvironmentFile(root, name, ` (from ${origin})`);
  return name;
}

/** @throws OpsError ENVIRONMENT_UNKNOWN (78) */
export function requireEnvironmentFile(root: string, name: string, origin = ''): void {
  const names = environmentNames(root);
  if (names.includes(name)) return;
  throw new OpsError({
    code: 'ENVIRONMENT_UNKNOWN',
    exit: 'configuration',
    message: `there is no environment ${JSON.stringify(name)}${origin}${didYouMean(name, names)}`,
    hint:
      names.length === 0
        ? `create config/local.ts in ${root}`
        : `choose one of: ${names.join(', ')}; or create config/<name>.ts`,
  });
}

/** The names of the files in config/ that are environments, sorted. */
export function environmentNames(root: string): string[] {
  const directory = join(root, 'config');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.ts') && namePattern.test(file.slice(0, -'.ts'.length)))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => name !== applicationName)
    .sort();
}
