import type { ChildProcess } from 'node:child_process';

export interface Ended {
  /** null: a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

export interface Started {
  child: ChildProcess;
  /** Resolves when it has shown the text, on stdout or stderr. */
  shows(text: string): Promise<void>;
  /** Fails only when it could not be started. */
  ended: Promise<Ended>;
}

/** Keeps what a process says, from its start to its end. */
export function followProcess(child: ChildProcess): Started {
  const begun = performance.now();
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr, milliseconds: performance.now() - begun }));
  });
  const shows = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('close', () => reject(new Error(`ended without showing "${text}": ${stdout}${stderr}`)));
      look();
    });
  return { child, shows, ended };
}
