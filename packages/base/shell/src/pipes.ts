import type { ChildProcess } from 'node:child_process';

/** A pipe that is silent so long after the command's end is held open by something else. */
const silence = 150;
const longest = 2000;

/**
 * After the end of a command: reads what still is in its pipes, then releases
 * of them. A daemon that inherited one must not keep its starter waiting.
 */
export function releasePipes(child: ChildProcess): void {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const since = performance.now();
  let last = since;
  const heard = (): void => {
    last = performance.now();
  };
  for (const stream of streams) stream.on('data', heard);

  const look = (): void => {
    if (streams.every((stream) => stream.destroyed || stream.readableEnded)) return;
    const now = performance.now();
    if (now - last < silence && now - since < longest) return void setTimeout(look, silence);
    for (const stream of streams) stream.destroy();
  };
  // Timers run before the pipes are read: after a busy moment, read first and judge then.
  setTimeout(() => setImmediate(look), silence);
}
