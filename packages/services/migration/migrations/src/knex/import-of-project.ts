import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Jiti } from 'jiti';
import { nearestPackage } from './nearest-package.ts';

type Exports = Record<string, unknown>;

/**
 * Imports a module of a project as the project's own tools would: by Node,
 * and where that is not enough by jiti, which knows types imported as values,
 * enums, `paths` of tsconfig.json, paths without extension, JSON, and import
 * statements beside require. TypeScript of a package that is no module goes
 * there at once: compilers make CommonJS of it, which forgives more.
 */
export async function importOfProject(path: string): Promise<Exports> {
  if (isCompiledToCommonJs(path)) return importCompiled(path);
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (!isAboutLoading(error)) throw error;
    return await importCompiled(path).catch((second: unknown) => {
      // Node tells better what neither can do, but not which of the files is missing that only jiti looks for.
      throw isAboutLoading(second) && !(isMissing(error) && isMissing(second)) ? error : second;
    });
  }
}

function isCompiledToCommonJs(path: string): boolean {
  if (/\.[mc]ts$/.test(path)) return path.endsWith('.cts');
  return path.endsWith('.ts') && nearestPackage(dirname(path))?.isModule !== true;
}

/** Not what a module does, but how it is written or found: `require is not defined` is a ReferenceError. */
export function isAboutLoading(error: unknown): boolean {
  const { code } = error as { code?: string };
  if (code === 'ERR_INVALID_TYPESCRIPT_SYNTAX') return false;
  return error instanceof SyntaxError || error instanceof ReferenceError || loading.has(code ?? '');
}

const loading = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_IMPORT_ATTRIBUTE_MISSING',
]);

function isMissing(error: unknown): boolean {
  return ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as { code?: string }).code ?? '');
}

async function importCompiled(path: string): Promise<Exports> {
  try {
    return await (await openJiti(path)).import<Exports>(path);
  } catch (error) {
    throw asSyntaxError(path, error);
  }
}

async function openJiti(path: string): Promise<Jiti> {
  const { createJiti } = await import('jiti');
  // No cache in files: it would lie where others may write.
  const options = { alias: ownKnex(path), fsCache: false };
  try {
    return createJiti(path, { ...options, tsconfigPaths: true });
  } catch {
    // A broken tsconfig.json, or one that extends what is not installed, means what a missing one means.
    return createJiti(path, options);
  }
}

/** knex from here for a project that has none. */
function ownKnex(path: string): Record<string, string> {
  try {
    createRequire(path).resolve('knex');
    return {};
  } catch {
    return { knex: createRequire(import.meta.url).resolve('knex') };
  }
}

/** jiti's `ParseError: what` with the place on the next line, as an error of JavaScript. */
function asSyntaxError(path: string, error: unknown): unknown {
  const [, what, place] = /^ParseError: (.*?)\s*\n\s*(\S+:\d+)/.exec((error as Error).message) ?? [];
  if (what === undefined) return error;
  const syntax = new SyntaxError(what, { cause: error });
  syntax.stack = `SyntaxError: ${what}\n    at ${place ?? path}`;
  return syntax;
}
