import { spawn } from 'node:child_process';

export interface ProcessInput {
  directory: string;
  /** All of it: nothing of the caller's environment leaks into what is measured. */
  env: NodeJS.ProcessEnv;
  /** Milliseconds; what takes longer hangs, and fails. */
  timeout?: number;
}

export interface Ended {
  milliseconds: number;
  stdout: string;
}

/** Runs a program to its end and times it. One that fails ends the bench: a failure is no measurement. */
export function runProcess(
  argv: readonly [string, ...string[]],
  { directory, env, timeout = 300_000 }: ProcessInput,
): Promise<Ended> {
  const [program, ...args] = argv;
  const begun = performance.now();
  const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'], timeout });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const milliseconds = performance.now() - begun;
      if (code === 0) resolve({ milliseconds, stdout });
      else reject(new Error(`${argv.join(' ')} ended with ${signal ?? code}:\n${stdout}\n${stderr}`));
    });
  });
}
