import { open, stat, truncate } from 'node:fs/promises';
import { mask } from '@opsgraph/secrets';

const largest = 8 * 1024 * 1024;
const tail = 16 * 1024;
const shown = 12;

/** Where the log ends now: what a start adds comes after it. */
export async function logEnd(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The last lines of the server's log, for the person who must find out why it does not work. */
export async function lastLogLines(path: string, since = 0): Promise<string[]> {
  const text = await readTail(path, since).catch(() => '');
  return mask(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-shown);
}

/** Empties a log that has grown too large; the server writes at its end, wherever that is. */
export async function boundLog(path: string): Promise<void> {
  if ((await logEnd(path)) > largest) await truncate(path, 0);
}

async function readTail(path: string, since: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(Math.max(size - since, 0), tail);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
