import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TurboProgram } from './turbo-program.ts';

/** A line of turbo's `--json` output. */
export interface TurboLine {
  /** `turbo`, or the task's id. */
  source: string;
  level: string;
  text: string;
}

export interface TurboEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What turbo itself complained of. */
  complaints: string;
}

export interface RunningTurbo {
  pid: number | undefined;
  interrupt(): void;
  ended: Promise<TurboEnd>;
}

/**
 * Starts turbo in a session of its own: a Ctrl-C reaches only us, so that turbo
 * gets exactly one signal (a second one makes it kill its tasks at once).
 */
export function startTurbo({ program, args, cwd, env }: TurboProgram, onLine: (line: TurboLine) => void): RunningTurbo {
  const child = spawn(program, [...args, '--json', '--summarize', '--log-order=stream'], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => onLine(parseLine(text)));
  const drained = once(lines, 'close');
  const ended = new Promise<TurboEnd>((resolve) => {
    child.on('error', (error) => resolve({ code: 127, signal: null, complaints: error.message }));
    child.on('close', (code, signal) => void drained.then(() => resolve({ code, signal, complaints })));
  });
  let isInterrupted = false;
  return {
    pid: child.pid,
    ended,
    interrupt() {
      if (isInterrupted) return;
      isInterrupted = true;
      // Always SIGINT: it is what turbo sends its tasks for any of them, and waits for.
      child.kill('SIGINT');
    },
  };
}

function parseLine(text: string): TurboLine {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null) {
      const { source, level, text: said } = line as Partial<TurboLine>;
      return { source: source ?? 'turbo', level: level ?? 'info', text: said ?? '' };
    }
  } catch {
    // not one of turbo's own lines
  }
  return { source: 'turbo', level: 'info', text };
}
