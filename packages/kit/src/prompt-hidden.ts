import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { OpsError } from '@opsgraph/errors';

/**
 * Asks on the terminal and shows nothing of what is typed.
 *
 * @throws OpsError SECRET_EMPTY (65) when the input ends instead; the signal's reason
 */
export function promptHidden(
  question: string,
  signal: AbortSignal,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string> {
  // As a terminal readline switches the echo off, and shows what is typed itself: here, to nobody.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise<string>((resolve, reject) => {
    const end = (act: () => void): void => {
      signal.removeEventListener('abort', abort);
      terminal.removeAllListeners('close');
      terminal.close();
      output.write('\n');
      act();
    };
    const abort = (): void => end(() => reject(signal.reason));
    signal.addEventListener('abort', abort);
    // In this mode Ctrl-C is only a character; make it what it is elsewhere.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    terminal.once('line', (line) => end(() => resolve(line)));
    terminal.once('close', () => end(() => reject(inputEnded())));
  });
}

function inputEnded(): OpsError {
  return new OpsError({
    code: 'SECRET_EMPTY',
    exit: 'badData',
    message: 'the input ended where an answer was expected',
    hint: 'nothing was changed; run it again and answer',
  });
}
