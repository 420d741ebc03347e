import { stripTypeScriptTypes } from 'node:module';

/**
 * JavaScript of a project's TypeScript: types taken away in place, enums and
 * the like written out, and imports that only types used left out, as
 * compilers do. undefined: it has an error, which Node tells better.
 */
export function compileTypescript(source: string): string | undefined {
  try {
    return withoutUnusedImports(strip(source, 'strip'));
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return undefined;
  }
  try {
    return withoutUnusedImports(strip(source, 'transform'));
  } catch {
    return undefined;
  }
}

/** Without Node's word that this function may still change, which says nothing to whoever runs a migration. */
function strip(source: string, mode: 'strip' | 'transform'): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source, { mode });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Its indent, what it names by default, in braces and as a whole, and from where, in quotes. */
export const importStatement =
  /^([ \t]*)import\s+(?:([\w$]+)\s*,?\s*)?(?:\{([^}]*)\}|\*\s*as\s+([\w$]+))?\s*from\s*(['"][^'"\n]+['"]);?/gm;

/** Node links every name that is imported, though only a type was meant. The lines stay where they are. */
function withoutUnusedImports(code: string): string {
  const rest = code.replaceAll(importStatement, '');
  const isUsed = (name: string): boolean =>
    new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(rest);
  return code.replaceAll(
    importStatement,
    (all: string, indent: string, main?: string, named?: string, whole?: string, from?: string) => {
      const names = (named ?? '').split(',').map((name) => name.trim());
      const kept = names.filter((name) => name !== '' && isUsed(name.split(/\s+as\s+/).at(-1)!));
      const parts = [
        main !== undefined && isUsed(main) ? main : '',
        kept.length > 0 ? `{ ${kept.join(', ')} }` : '',
        whole !== undefined && isUsed(whole) ? `* as ${whole}` : '',
      ].filter((part) => part !== '');
      const lines = '\n'.repeat(all.split('\n').length - 1);
      return parts.length === 0 ? lines : `${indent}import ${parts.join(', ')} from ${from};${lines}`;
    },
  );
}
