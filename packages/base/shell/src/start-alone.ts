import type { Readable } from 'node:stream';
import type { Start, Started } from './start-with-zx.ts';

/**
 * Runs a command whose output somebody listens to while it comes, and which may run for long: none of it is kept, and zx
 * is not loaded for it.
 */
export function startAlone(
  [program, ...args]: readonly [string, ...string[]],
  input: string | Uint8Array | Readable | undefined,
  start: Start,
): Started {
  const child = start(program, args, {
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // a program need not read its input
  child.stdin?.on('error', () => {});
  if (typeof input === 'string' || input instanceof Uint8Array) child.stdin?.end(input);
  else if (child.stdin !== null) input?.pipe(child.stdin);
  const output = new Promise<Awaited<Started['output']>>((resolve) => {
    let error: Error | undefined;
    child.once('error', (cause) => {
      error = cause;
      if (child.pid === undefined) resolve({ stdout: '', stderr: '', error });
    });
    child.once('close', () => resolve({ stdout: '', stderr: '', error }));
  });
  return { child, output };
}
