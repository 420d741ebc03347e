import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';
import { Complaint } from '../declare/complaint.ts';
import type { RunPlace } from './run-for-secret.ts';
import { splitWords } from './split-words.ts';

/** A secret manager may ask a server, but nobody waits longer than this; milliseconds. */
const timeLimit = 30_000;

/** The command line behind `cmd:` as argv. @throws OpsError SECRET_SINK (64) */
export function sinkCommand(sink: string): string[] {
  const argv = sink.startsWith('cmd:')
    ? splitWords(sink.slice('cmd:'.length))
    : new Complaint('does not begin with cmd:');
  if (!(argv instanceof Complaint)) return argv;
  throw new OpsError({
    code: 'SECRET_SINK',
    exit: 'usage',
    message: `the command that receives the secret ${argv.text}`,
    hint: argv.remedy ?? "write it as 'cmd:program argument …'; the secret comes on its standard input",
  });
}

/**
 * Runs the program behind `cmd:` with the secret, without a line end, on its
 * standard input: in the project's root, without a shell, at most 30 s.
 *
 * @throws OpsError SECRET_NOT_TAKEN (76) when it fails
 */
export async function handSecret(sink: string, secret: Secret, place: RunPlace): Promise<void> {
  const argv = sinkCommand(sink);
  const { run } = await import('@opsgraph/shell');
  try {
    await run(argv, { cwd: place.root, env: place.env, stdin: secret, timeout: timeLimit, signal: place.signal });
  } catch (error) {
    if (place.signal?.aborted) throw place.signal.reason;
    if (!(error instanceof OpsError)) throw error;
    throw new OpsError({
      code: 'SECRET_NOT_TAKEN',
      exit: 'remote',
      message: `the command for the ${place.name} failed: ${error.message}`,
      problems: error.problems,
      hint: 'run it by hand: it must read the secret from its standard input and exit 0',
    });
  }
}
