import { Writable } from 'node:stream';

export type StreamName = 'stdout' | 'stderr';

type Done = (error?: Error | null) => void;

/** As Node made them: only this package writes with these. */
const own = { stdout: process.stdout.write.bind(process.stdout), stderr: process.stderr.write.bind(process.stderr) };

export function writeTo(name: StreamName, text: string, done?: Done): void {
  own[name](text, done);
}

/** Lets a reader leave early (`| head`): that is no failure of ours. */
export function tolerateEarlyReaders(): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}

/** Resolves when both streams have taken what was written: a pipe holds 64 kB, and the end of the process loses the rest. */
export async function drained(): Promise<void> {
  const names = ['stdout', 'stderr'] as const;
  await Promise.all(names.map((name) => new Promise<void>((resolve) => writeTo(name, '', () => resolve()))));
}

/** stderr for a library that wants a stream to write to. */
export function stderrStream(): Writable {
  return new Writable({ write: (chunk: Buffer, _encoding, done) => void own.stderr(chunk, done) });
}

/**
 * From now on what other code of this process writes to stdout or stderr goes
 * to `relay` instead, line by line; what has no line end comes at the end of
 * the process. What this package writes goes its way as before.
 */
export function takeOverWrites(relay: (line: string) => void): void {
  for (const name of ['stdout', 'stderr'] as const) {
    let begun = '';
    process[name].write = (chunk: string | Uint8Array, second?: BufferEncoding | Done, third?: Done): boolean => {
      const lines = (begun + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
      begun = lines.pop()!;
      for (const line of lines) relay(line);
      const done = typeof second === 'function' ? second : third;
      if (done !== undefined) process.nextTick(done);
      return true;
    };
    process.on('exit', () => {
      if (begun !== '') relay(begun);
    });
  }
}
