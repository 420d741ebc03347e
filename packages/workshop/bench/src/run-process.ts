import { spawn } from 'node:child_process';
import { type Ended, followProcess } from '@opsgraph/testing/follow-process';

export interface ProcessInput {
  directory: string;
  /** All of it: nothing of the caller's environment leaks into what is measured. */
  env: NodeJS.ProcessEnv;
  /** Milliseconds; what takes longer hangs, and fails. */
  timeout?: number;
}

/** Runs a program to its end and times it. One that fails ends the bench: a failure is no measurement. */
export async function runProcess(
  argv: readonly [string, ...string[]],
  { directory, env, timeout = 300_000 }: ProcessInput,
): Promise<Ended> {
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'], timeout });
  const ended = await followProcess(child).ended;
  if (ended.code === 0) return ended;
  const { stdout, stderr } = ended;
  throw new Error(`${argv.join(' ')} ended with ${child.signalCode ?? ended.code}:\n${stdout}\n${stderr}`);
}
