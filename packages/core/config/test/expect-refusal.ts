import { OpsError } from '@opsgraph/errors';
import { expect } from 'vitest';

/** The OpsError of something that must fail; its texts are checked not to hold any of `secrets`. */
export async function refusal(work: () => unknown, ...secrets: string[]): Promise<OpsError> {
  const error = await Promise.resolve()
    .then(work)
    .then(
      (value) => expect.unreachable(`succeeded with ${String(value)}`),
      (reason: unknown) => reason,
    );
  if (!(error instanceof OpsError)) throw error;
  for (const secret of secrets) expect(allText(error)).not.toContain(secret);
  return error;
}

/** Everything an error could print, causes included. */
function allText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { hint, problems } = error as Partial<OpsError>;
  return [
    error.message,
    error.stack,
    hint,
    ...(problems ?? []),
    error.cause === undefined ? '' : allText(error.cause),
  ].join('\n');
}
