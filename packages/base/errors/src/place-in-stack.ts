import { fileURLToPath } from 'node:url';

/**
 * `/path/file.ts:3`, where a module that could not be loaded is wrong: the first place in the error's stack that is
 * neither Node's own nor a package's. undefined when the stack names none, as for an import that is not found.
 */
export function placeInStack(error: unknown): string | undefined {
  const lines = (error instanceof Error ? (error.stack ?? '') : '').split('\n');
  // below that are those who wanted the module
  const loader = lines.findIndex((line) => line.includes('node:internal/modules/'));
  for (const line of loader < 0 ? lines : lines.slice(0, loader)) {
    const [, url, path, number] = frame.exec(line) ?? [];
    const file = url === undefined ? path : fileURLToPath(url);
    if (file !== undefined && !file.includes('/node_modules/')) return `${file}:${number}`;
  }
  return undefined;
}

/** `    at name (file:///path/file.ts?query:3:17)`, and what is above the lines of a syntax error: `/path/file.ts:3`. */
const frame = /^(?:\s+at (?:.*\()?)?(?:(file:\/\/\/.+?)(?:\?\w+)?|(\/.+?)):(\d+)(?::\d+)?\)?$/;
