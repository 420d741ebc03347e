import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const knexUrl = 'opsgraph:knex';
/** What bundlers and ts-node try and Node does not. */
const guesses = ['.ts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'];
const moduleSyntax = /^\s*(import\s[^=]*?from\s|import\s*['"]|export\s)/m;

/**
 * Runs `load` with imports resolved as projects that compile their migrations
 * expect: `import { Knex } from 'knex'` though Knex is only a type, knex from
 * here when they have none, relative paths without extension, and import
 * statements in .ts files of a CommonJS package.
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
        for (const guess of specifier.startsWith('.') ? guesses : []) {
          try {
            return next(specifier.replace(/\.js$/, '') + guess, context);
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
      if (context.format !== 'commonjs-typescript') return next(url, context);
      const hasImports = moduleSyntax.test(readFileSync(fileURLToPath(url), 'utf8'));
      return next(url, hasImports ? { ...context, format: 'module-typescript' } : context);
    },
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}
