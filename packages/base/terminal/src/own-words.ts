import { wantsColour } from './colour.ts';
import { drained, tolerateEarlyReaders, writeTo } from './standard-streams.ts';

/**
 * Writes words to stdout that are in our own source from end to end, like a
 * help. They need neither the mask nor escapes, and all that loads is this.
 *
 * @param words made for a stream that shows colours, or for one that does not
 */
export async function writeOwnWords(
  words: (hasColours: boolean) => string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  tolerateEarlyReaders();
  writeTo('stdout', words(wantsColour(process.stdout, env)));
  await drained();
}
