import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OpsError } from '@opsgraph/errors';
import { command } from '@opsgraph/terminal';

/**
 * What config/<name>.ts exports as default, unchecked.
 *
 * @throws OpsError CONFIG_FILE_BROKEN (78) with file and line
 */
export async function readEnvironmentFile(root: string, name: string): Promise<Record<string, unknown>> {
  const shown = `config/${name}.ts`;
  const path = realPath(join(root, 'config', `${name}.ts`), shown);
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw await explainFailure(error, path, shown);
  }
  if (isRecord(module.default)) return module.default;
  throw broken(
    module.default === undefined ? `${shown} has no default export` : `${shown} does not export an object as default`,
    `write: export default { … } satisfies ${name === 'application' ? 'ApplicationFile' : 'EnvironmentFile'}`,
  );
}

/** Node names a module by its real path, also in stacks. */
function realPath(path: string, shown: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw broken(
      code === 'ENOENT' ? `${shown} is a link to a file that is not there` : `${shown} cannot be read (${code})`,
      `correct or remove it: ${command`ls -l ${path}`}`,
    );
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function explainFailure(error: unknown, path: string, shown: string): Promise<OpsError> {
  const {
    code,
    message,
    stack = '',
  } = error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, message: String(error) };
  if (error instanceof SyntaxError) {
    // Node's stack quotes the source, where a secret may be: neither stack nor cause is passed on.
    const line = lineIn(stack, path) ?? (await lineOfSyntaxError(path));
    return broken(
      `${shown}${line} is not valid TypeScript: ${withoutSource(message)}`,
      'correct the file; `pnpm typecheck` shows more',
    );
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return broken(
      `${shown} imports something that does not exist: ${firstLine(message)}`,
      'configuration imports types only: `import type { … }`',
    );
  }
  return broken(
    `${shown}${lineIn(stack, path) ?? ''} failed while it was read: ${withoutSource(message)}`,
    'configuration is data: no calls, no process.env; refer to variables as env:NAME',
  );
}

/** `:3` from a stack that names the file, as a URL or as a path. */
function lineIn(stack: string, path: string): string | undefined {
  for (const name of [pathToFileURL(path).href, path]) {
    const found = new RegExp(`${RegExp.escape(name)}(?:\\?[^:]*)?(:\\d+)`).exec(stack);
    if (found !== null) return found[1];
  }
  return undefined;
}

/** V8 tells where an error in a module is only when it ends the process; such a file is compiled, never run. */
async function lineOfSyntaxError(path: string): Promise<string> {
  const { run } = await import('@opsgraph/shell');
  const { stderr } = await run([process.execPath, path], { env: {}, timeout: 5000, allowedExitCodes: [0, 1] });
  return lineIn(stderr, path) ?? '';
}

/** What an error says of the file, without the pieces of it: a secret that was written without quotes is one. */
function withoutSource(message: string): string {
  return firstLine(message)
    .replace(/^\S+(?= is not (?:defined|a function|iterable))/, 'a name in it')
    .replace(/(['"`]).*\1/, '…');
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}

function broken(message: string, hint: string, cause?: unknown): OpsError {
  return new OpsError({ code: 'CONFIG_FILE_BROKEN', exit: 'configuration', message, hint, cause });
}
