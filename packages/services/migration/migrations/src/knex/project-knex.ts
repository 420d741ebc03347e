import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { knex } from 'knex';
import type { MigrationSettings } from '../settings.ts';
import { projectHome } from './in-project.ts';

type Factory = typeof knex;

/**
 * The project's own knex, where it has one of another version: they make other
 * SQL of the same calls (a unique index, or a constraint).
 */
export function projectKnex(settings: MigrationSettings): Factory | undefined {
  const [theirs, ours] = [join(projectHome(settings), 'package.json'), import.meta.url].map((from) =>
    createRequire(from),
  );
  try {
    const version = theirs!('knex/package.json').version as string;
    if (version === ours!('knex/package.json').version || isTooOld(version)) return undefined;
    // Before 0.95 the module is the function itself.
    const module = theirs!('knex') as Factory & { knex?: Factory };
    return module.knex ?? module;
  } catch {
    return undefined;
  }
}

/** Before 0.21 nobody tried whether its client is one that ours can extend. 0.95 came after it. */
function isTooOld(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 0 && minor! < 21;
}
