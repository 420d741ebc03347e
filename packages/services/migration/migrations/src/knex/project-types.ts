import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { knexOn } from '@opsgraph/postgres';
import type { MigrationSettings } from '../settings.ts';
import { projectHome } from './in-project.ts';

type Types = Parameters<typeof knexOn>[2];

/** The parsers of the project's own driver, which it may have changed (pg.types.setTypeParser). */
export function projectTypes(settings: MigrationSettings): Types | undefined {
  try {
    return (createRequire(join(projectHome(settings), 'package.json'))('pg') as { types: Types }).types;
  } catch {
    // It has no driver of its own.
    return undefined;
  }
}
