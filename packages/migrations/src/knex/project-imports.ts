import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asInCommonJs, isMeantForCommonJs, moduleSyntax } from './commonjs-typescript.ts';
import { compileTypescript } from './compile-typescript.ts';
import { tsconfigCandidates } from './tsconfig-paths.ts';

const knexUrl = 'opsgraph:knex';
/** What bundlers and ts-node try and Node does not. */
const guesses = ['.ts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'];

/**
 * Runs `load` with imports resolved as projects that compile their migrations
 * expect: `import { Knex } from 'knex'` though Knex is only a type, knex from
 * here when they have none, relative paths without extension, `paths` of
 * tsconfig.json, JSON, types imported as values, enums, and import statements
 * in .ts files of a CommonJS package.
 */
export async function withProjectImports<T>(load: () => Promise<T>): Promise<T> {
  const ownKnex = pathToFileURL(createRequire(import.meta.url).resolve('knex')).href;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isProject = context.parentURL?.startsWith('file:') && !context.parentURL.includes('/node_modules/');
      if (!isProject) return next(specifier, context);
      if (specifier === 'knex' && context.conditions.includes('import'))
        return { url: knexUrl, format: 'module', shortCircuit: true };
      try {
        return next(specifier, context);
      } catch (error) {
        if (specifier === 'knex') return next(specifier, { ...context, parentURL: import.meta.url });
        for (const guess of candidates(specifier, context.parentURL!)) {
          try {
            return next(guess, context);
          } catch {
            // the next guess, and in the end the first error
          }
        }
        throw error;
      }
    },
    load(url, context, next) {
      if (url === knexUrl) {
        const source = `import knex from ${JSON.stringify(ownKnex)};\nexport default knex;\nexport { knex, knex as Knex };`;
        return { format: 'module', source, shortCircuit: true };
      }
      if (!url.startsWith('file:') || url.includes('/node_modules/')) return next(url, context);
      if (url.endsWith('.json') && context.conditions.includes('import') && !context.importAttributes['type'])
        return { format: 'module', source: `export default ${read(url)}`, shortCircuit: true };
      if (!/\.[mc]?ts$/.test(url)) return next(url, context);
      return compile(url) ?? next(url, context);
    },
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}

/** undefined: it has an error, which Node tells better. */
function compile(url: string): { format: string; source: string; shortCircuit: true } | undefined {
  const source = read(url);
  const compiled = compileTypescript(source);
  if (compiled === undefined) return undefined;
  const code = isMeantForCommonJs(url) ? asInCommonJs(compiled, url) : compiled;
  const isModule = !isMeantForCommonJs(url) || moduleSyntax.test(code);
  return { format: isModule ? 'module' : 'commonjs', source: code, shortCircuit: true };
}

function read(url: string): string {
  return readFileSync(fileURLToPath(url), 'utf8');
}

function candidates(specifier: string, parentUrl: string): string[] {
  const isRelative = specifier.startsWith('.');
  const bases = isRelative
    ? [specifier]
    : tsconfigCandidates(specifier, fileURLToPath(parentUrl)).map((path) => pathToFileURL(path).href);
  return bases.flatMap((base) => [
    ...(isRelative ? [] : [base]),
    ...guesses.map((guess) => base.replace(/\.js$/, '') + guess),
  ]);
}
