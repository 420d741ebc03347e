import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';
import { chooseDelivery, type Ports } from '../choose-delivery.ts';
import type { CredentialSource } from './credential.ts';

/**
 * What `--password-from` means: `generate`, `link`, or a place where the
 * password is read, and then nothing goes out.
 *
 * @throws OpsError USAGE (64)
 */
export function chooseCredential(
  from: string,
  given: { out: string | undefined; sink: string | undefined },
  ports: Ports & { read(source: string, name: string): Promise<Secret> },
): CredentialSource {
  if (from === 'generate') return { kind: 'generated', delivery: chooseDelivery(given, ports) };
  if (from === 'link') return { kind: 'link', delivery: chooseDelivery(given, ports) };
  if (given.out === undefined && given.sink === undefined)
    return { kind: 'given', read: () => ports.read(from, 'password') };
  throw new OpsError({
    code: 'USAGE',
    exit: 'usage',
    message: '--out and --sink are for a secret that is made here, and the password is given',
    hint: 'leave them out, or generate one (leave out --password-from)',
  });
}
