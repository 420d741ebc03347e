import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@opsgraph/files';

/** What other packages may know: where this checkout's server answers. Written only when it does. */
export interface LocalPostgresState {
  id: string;
  /** PostgreSQL's: 18.4. */
  version: string;
  home: string;
  port: number;
  socketDirectory: string | null;
  /** The directory this file was written for: a copied checkout must not follow its original's server. */
  stateDirectory: string;
}

export interface StateRead {
  state: LocalPostgresState | undefined;
  /** Why there is none though a file is there. */
  problem: string | undefined;
}

function stateFileIn(stateDirectory: string): string {
  return join(stateDirectory, 'local-postgres.json');
}

/** A missing or broken file is no error: the server is found again by its home. */
export async function readState(stateDirectory: string): Promise<StateRead> {
  const path = stateFileIn(stateDirectory);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return {
      state: undefined,
      problem: (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : `${path} cannot be read`,
    };
  }
  try {
    const state: unknown = JSON.parse(text);
    if (isState(state)) return { state, problem: undefined };
  } catch {
    // said below
  }
  return { state: undefined, problem: `${path} is damaged` };
}

export async function writeState(stateDirectory: string, state: LocalPostgresState): Promise<void> {
  await writeWhole(stateFileIn(stateDirectory), `${JSON.stringify(state, null, 2)}\n`);
}

export async function removeState(stateDirectory: string): Promise<void> {
  await rm(stateFileIn(stateDirectory), { force: true });
}

function isState(value: unknown): value is LocalPostgresState {
  const state = value as Partial<LocalPostgresState> | null;
  return (
    typeof state === 'object' &&
    state !== null &&
    [state.id, state.version, state.home, state.stateDirectory].every((field) => typeof field === 'string') &&
    Number.isInteger(state.port) &&
    (state.socketDirectory === null || typeof state.socketDirectory === 'string')
  );
}
