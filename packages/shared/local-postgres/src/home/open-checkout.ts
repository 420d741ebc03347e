import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { OpsError } from '@opsgraph/errors';
import { command } from '@opsgraph/terminal';
import type { Checkout } from './choose-home.ts';
import { sharedDirectory } from './shared-directory.ts';

export interface CheckoutInput {
  /** `<project>/.ops`; made (0700) by ensure. */
  stateDirectory: string;
  projectRoot: string;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The checkout with its real paths; its state directory is there and may be
 * written.
 *
 * @throws OpsError STATE_DIRECTORY_UNUSABLE (73)
 */
export async function openCheckout(input: CheckoutInput): Promise<Checkout> {
  try {
    await mkdir(input.stateDirectory, { recursive: true, mode: 0o700 });
    await access(input.stateDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
    return await knownCheckout(input);
  } catch (cause) {
    throw new OpsError({
      code: 'STATE_DIRECTORY_UNUSABLE',
      exit: 'cannotCreate',
      message: `${input.stateDirectory} cannot be used: ${(cause as Error).message}`,
      hint: `work as the user it belongs to (${command`ls -ld ${input.stateDirectory}`}), or make room or permission for it`,
      cause,
    });
  }
}

/** Without making anything. */
export async function knownCheckout({ projectRoot, stateDirectory }: CheckoutInput): Promise<Checkout> {
  return {
    projectRoot: await realpath(projectRoot),
    stateDirectory: await realpath(stateDirectory),
    shared: isRoot() ? sharedDirectory : undefined,
  };
}
