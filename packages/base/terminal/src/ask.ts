import { createInterface } from 'node:readline/promises';
import { mask } from '@opsgraph/secrets/mask';
import { stderrStream } from './standard-streams.ts';
import { type Part, shown } from './text.ts';

export { promptHidden } from './prompt-hidden.ts';

/** Asks on stderr for one line, trimmed. @throws the signal's reason */
export async function ask(question: Part, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: stderrStream() });
  try {
    return (await terminal.question(mask(shown(question)), { signal })).trim();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    terminal.close();
  }
}
