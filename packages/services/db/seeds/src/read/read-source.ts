import { createHash, type Hash } from 'node:crypto';
import { generateText } from '../generate/generate-text.ts';
import type { SeedFile } from '../locate-file.ts';
import type { Report } from '../problems.ts';
import { hashFile } from './hash-file.ts';
import { readNdjson } from './read-ndjson.ts';
import { readRows } from './read-rows.ts';
import type { FileRow } from './row.ts';

/** The rows of a set, from its file or its function; `hash` sees every byte. */
export function readSource(file: SeedFile, hash: Hash, report: Report): AsyncGenerator<FileRow[]> {
  return 'path' in file
    ? readRows(file.path, file.format, hash, report)
    : readNdjson(generateText(file.set, file.generate, hash), report);
}

/**
 * sha256 of what the set consists of, in hex. For a function it is that of the
 * rows it makes: its text would not show that something it calls was changed.
 */
export async function hashSource(file: SeedFile, signal: AbortSignal | undefined): Promise<string> {
  if ('path' in file) return hashFile(file.path);
  const hash = createHash('sha256');
  for await (const _text of generateText(file.set, file.generate, hash)) signal?.throwIfAborted();
  return hash.digest('hex');
}
