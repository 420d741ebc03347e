import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';
import { readSchema, renderSchema } from '@opsgraph/schemas';
import { diffLines } from '../diff-lines.ts';
import { shownPath } from '../files/list-files.ts';
import type { MigrationSettings } from '../settings.ts';
import { readState } from '../state/read-state.ts';
import { withSettings } from '../state/session-settings.ts';
import { projectScope, schemaOf } from './on-scratch.ts';

export interface WrittenSchema {
  /** Relative to the project. */
  path: string;
  /** Whether the file says what it should. */
  isCurrent: boolean;
  /** From what the file said to what it should say. */
  difference: string[];
}

/** What all migrations together make of an empty database, as text. */
export async function schemaOfMigrations(scratch: ConnectionSettings, settings: MigrationSettings): Promise<string> {
  return withSession(
    scratch,
    async (session) => `${headline}${renderSchema(await schemaOf(session, settings, (files) => files))}`,
  );
}

/** What the target has, as text. */
export async function schemaOfTarget(session: Session, given: MigrationSettings): Promise<string> {
  return withSettings(session, given, async (settings) => {
    const state = await readState(session, settings);
    const live = await readSchema(session, projectScope(state));
    // What comes with the environment is for roles of other names in each.
    return `${headline}${renderSchema(live.filter(({ standing }) => standing === undefined))}`;
  });
}

const headline = '-- Written by `pnpm --filter migration run schema`; for reading and comparing.\n\n';

/**
 * Compares a file with what it should say, and writes it unless `isCheck`.
 *
 * @throws OpsError CANNOT_CREATE (73)
 */
export async function writeSchema(
  settings: Pick<MigrationSettings, 'projectRoot' | 'directories'>,
  file: string,
  text: string,
  isCheck: boolean,
): Promise<WrittenSchema> {
  const path = shownPath(settings, file);
  try {
    const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const isCurrent = before === text;
    if (!isCurrent && !isCheck) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return { path, isCurrent, difference: isCurrent ? [] : diffLines(before, text) };
  } catch (cause) {
    throw new OpsError({
      code: 'CANNOT_CREATE',
      exit: 'cannotCreate',
      message: `${path} cannot be written: ${(cause as Error).message}`,
      hint: 'check the directory and its permissions, or choose another --file',
      cause,
    });
  }
}
