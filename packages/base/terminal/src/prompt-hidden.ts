import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { OpsError } from '@opsgraph/errors';
import { mask } from '@opsgraph/secrets/mask';
import { stderrStream } from './standard-streams.ts';
import { type Part, shown } from './text.ts';

/**
 * Asks on the terminal, one question after the other, and shows nothing of
 * what is typed, also of what is typed ahead.
 *
 * @throws OpsError SECRET_EMPTY (65) when the input ends instead; the signal's reason
 */
export function promptHidden(
  questions: readonly Part[],
  signal: AbortSignal,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = stderrStream(),
): Promise<string[]> {
  // As a terminal readline switches the echo off, and shows what is typed itself: here, to nobody.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  const answers: string[] = [];
  const ask = (): void => void output.write(mask(shown(questions[answers.length]!)));
  return new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      signal.removeEventListener('abort', abort);
      terminal.removeAllListeners();
      terminal.close();
      act();
    };
    const abort = (): void => end(() => reject(signal.reason));
    signal.addEventListener('abort', abort);
    // In this mode Ctrl-C is only a character; make it what it is elsewhere.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    terminal.on('line', (line) => {
      answers.push(line);
      output.write('\n');
      if (answers.length < questions.length) ask();
      else end(() => resolve(answers));
    });
    terminal.on('close', () => end(() => reject(inputEnded())));
    ask();
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
