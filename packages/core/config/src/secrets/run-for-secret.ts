import { OpsError } from '@opsgraph/errors';

export interface RunPlace {
  /** The variable or key the secret is for. */
  name: string;
  root: string;
  /** The environment of the program; a secret manager finds its session there. */
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal | undefined;
}

/** A secret manager may ask a server, but nobody waits longer than this; milliseconds. */
const timeLimit = 30_000;

/** What the program prints, without the line end. It runs in the project's root, without a shell. */
export async function runForSecret(argv: readonly string[], { name, root, env, signal }: RunPlace): Promise<string> {
  const { run } = await import('@opsgraph/shell');
  let stdout: string;
  try {
    ({ stdout } = await run(argv, { cwd: root, env, timeout: timeLimit, signal }));
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (!(error instanceof OpsError)) throw error;
    // The message alone: what the program said may hold the secret.
    throw unavailable(`the command of ${name} failed: ${error.message}`);
  }
  const value = stdout.replace(/(?:\r?\n)+$/, '');
  if (value === '') throw unavailable(`the command of ${name} printed nothing`);
  return value;
}

function unavailable(message: string): OpsError {
  const hint =
    'run it by hand: it must print the secret on standard output and nothing else; is the program installed, its session still valid?';
  return new OpsError({ code: 'SECRET_UNAVAILABLE', exit: 'configuration', message, hint });
}
