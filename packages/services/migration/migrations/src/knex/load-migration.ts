import { command } from '@opsgraph/terminal';
import type { Knex } from 'knex';
import type { MigrationFile } from '../files/migration-file.ts';
import type { MigrationSettings } from '../settings.ts';
import { importOfProject, isAboutLoading } from './import-of-project.ts';
import { inProject } from './in-project.ts';

export interface KnexMigration {
  up: (knex: Knex) => unknown;
  down: ((knex: Knex) => unknown) | undefined;
  /** undefined: as the settings say. */
  transaction: boolean | undefined;
}

export interface LoadProblem {
  line: number | undefined;
  message: string;
  hint: string;
}

/** Imports a migration file, or says what is wrong with it. */
export async function loadMigration(
  settings: MigrationSettings,
  file: MigrationFile,
): Promise<KnexMigration | LoadProblem> {
  if (file.bytes.toString().trim() === '')
    return { line: undefined, message: 'is empty', hint: 'export an up and a down function' };
  let exports: Record<string, unknown>;
  try {
    exports = await inProject(settings, async () => loadAsTheProject(file));
  } catch (error) {
    return importProblem(file, error);
  }
  // A CommonJS module is the default export of itself, and not all its names are found.
  const module = { ...(exports['default'] as object | undefined), ...exports } as Record<string, unknown>;
  const { up, down, config } = module;
  if (typeof up !== 'function')
    return { line: undefined, message: 'exports no up function', hint: 'export async function up(knex) { … }' };
  if (down !== undefined && typeof down !== 'function')
    return {
      line: undefined,
      message: 'exports a down that is not a function',
      hint: 'export async function down(knex) { … }',
    };
  const transaction = (config as { transaction?: unknown } | undefined)?.transaction;
  return {
    up: up as KnexMigration['up'],
    down: down as KnexMigration['down'],
    transaction: typeof transaction === 'boolean' ? transaction : undefined,
  };
}

/** By the knexfile's own way, if it has one; its compiler is not here, though. */
async function loadAsTheProject({ path, load }: MigrationFile): Promise<Record<string, unknown>> {
  try {
    if (load !== undefined) return (await load()) as Record<string, unknown>;
  } catch (error) {
    if (!isAboutLoading(error)) throw error;
  }
  return importOfProject(path);
}

export function isLoadProblem(loaded: KnexMigration | LoadProblem): loaded is LoadProblem {
  return 'message' in loaded;
}

function importProblem(file: MigrationFile, error: unknown): LoadProblem {
  const { code, message = String(error), stack = '' } = error as { code?: string; message?: string; stack?: string };
  const line = lineInStack(file.path, stack);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return {
      line,
      message: `imports something that does not exist: ${message.split('\n')[0]}`,
      hint: 'install the package where the migrations are, or correct the path (with its extension)',
    };
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return {
      line,
      message: `uses TypeScript that is not erasable: ${message.split('\n')[0]}`,
      hint: 'enums, namespaces and parameter properties need a compiler; write a const object, or compile the migrations',
    };
  }
  const isSyntax = error instanceof SyntaxError || code === 'ERR_INVALID_TYPESCRIPT_SYNTAX';
  return {
    line,
    message: `${isSyntax ? 'has a syntax error' : 'throws when it is imported'}: ${message.split('\n')[0]}`,
    hint: `try: ${command`node ${file.path}`}`,
  };
}

/** The first line of the file that a stack names. */
export function lineInStack(path: string, stack: string): number | undefined {
  const at = stack.split('\n').map((frame) => {
    const found = frame.lastIndexOf(path);
    return found < 0 ? undefined : /^:(\d+)/.exec(frame.slice(found + path.length))?.[1];
  });
  const line = at.find((number) => number !== undefined);
  return line === undefined ? undefined : Number(line);
}
