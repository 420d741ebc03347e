import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importStatement } from './compile-typescript.ts';
import { nearestPackage } from './nearest-package.ts';

/** Whether compilers make a CommonJS module of a TypeScript file. */
export function isMeantForCommonJs(url: string): boolean {
  if (/\.[mc]ts$/.test(url)) return url.endsWith('.cts');
  return nearestPackage(dirname(fileURLToPath(url)))?.isModule !== true;
}

/**
 * Gives compiled TypeScript with import statements what it would find in a
 * CommonJS module: packages required, so that all they export has a name,
 * __dirname and its like, and exports that are assigned. Imports of files
 * stay, because they may be in circles. Every line stays where it is.
 */
export function asInCommonJs(code: string, url: string): string {
  const require = createRequire(url);
  const linked = code.replaceAll(importStatement, (all: string, ...parts: (string | undefined)[]) => {
    const [indent, main, named, whole, from] = parts;
    if (!isCommonJsPackage(require, from!.slice(1, -1))) return all;
    const lines = '\n'.repeat(all.split('\n').length - 1);
    const bound = [
      main === undefined ? [] : `${main} = ((all) => (all?.__esModule ? all.default : all))(require(${from}))`,
      named === undefined ? [] : `{ ${named.replaceAll(/\s+as\s+/g, ': ').replaceAll('\n', ' ')} } = require(${from})`,
      whole === undefined ? [] : `${whole} = require(${from})`,
    ].flat();
    return `${indent}const ${bound.join(', ')};${lines}`;
  });
  if (!moduleSyntax.test(linked)) return linked;
  return `${prelude(linked)}${linked}${/\b(module\.)?exports\b.*=/.test(linked) && !/^\s*export\s+default\b/m.test(linked) ? '\nexport default module.exports;' : ''}`;
}

/** Whether a file says itself that it is a module. */
export const moduleSyntax = /^\s*(import\s[^=]*?from\s|import\s*['"]|export\s)/m;

const surroundings: Readonly<Record<string, string>> = {
  require: "(await import('node:module')).createRequire(import.meta.url)",
  __filename: 'import.meta.filename',
  __dirname: 'import.meta.dirname',
  module: '{ exports: {} }',
  exports: 'module.exports',
};

/** Declares of them what the code uses and does not declare. */
function prelude(code: string): string {
  const uses = (name: string): boolean => new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(code);
  const declares = (name: string): boolean =>
    new RegExp(`\\b(const|let|var|function)\\s+${name}\\b|[{,]\\s*${name}\\s*[,}].*\\bfrom\\b`).test(code);
  const used = Object.keys(surroundings).filter((name) => uses(name) && !declares(name));
  if (used.includes('exports') && !used.includes('module')) used.splice(used.indexOf('exports'), 0, 'module');
  return used.map((name) => `const ${name} = ${surroundings[name]};`).join('');
}

function isCommonJsPackage(require: NodeJS.Require, specifier: string): boolean {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return false;
  // knex need not be installed beside the migrations, and is CommonJS.
  if (specifier === 'knex') return true;
  try {
    const path = require.resolve(specifier);
    const extension = extname(path);
    return (
      ['.cjs', '.json'].includes(extension) || (extension === '.js' && nearestPackage(dirname(path))?.isModule !== true)
    );
  } catch {
    return false;
  }
}
