import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';
import type { Delivery } from './delivery.ts';

/** What the kit offers a task for secrets, as far as it is needed here. */
export interface Ports {
  isLogged: boolean;
  requireSink(sink: string): Promise<void>;
  hand(sink: string, secret: Secret, name: string): Promise<void>;
}

/**
 * Where a new secret goes, by the options `--out` and `--sink`; else it is shown once.
 *
 * @throws OpsError USAGE (64) when both are given, or one for the other
 */
export function chooseDelivery(given: { out: string | undefined; sink: string | undefined }, ports: Ports): Delivery {
  const { out, sink } = given;
  if (out !== undefined && sink !== undefined) {
    throw new OpsError({
      code: 'USAGE',
      exit: 'usage',
      message: 'a secret goes to --out or to --sink, not to both',
      hint: 'leave one of them out',
    });
  }
  if (out !== undefined) {
    // Where --sink was meant, a file of that name would hold the key, and the secret manager would not.
    if (/(^|\/)(cmd|file):/.test(out)) {
      throw new OpsError({
        code: 'USAGE',
        exit: 'usage',
        message: '--out is the path of a file, and was given a sink',
        hint: 'write --sink in place of --out; nothing was changed',
      });
    }
    return { to: 'file', path: out };
  }
  return sink === undefined ? { to: 'stdout', isLogged: ports.isLogged } : deliveryTo(sink, ports);
}

/** A sink as the configuration writes it: `file:/path` or `cmd:program argument …`. */
export function deliveryTo(sink: string, ports: Ports): Delivery {
  if (sink.startsWith('file:')) return { to: 'file', path: sink.slice('file:'.length) };
  return {
    to: 'command',
    check: () => ports.requireSink(sink),
    hand: (secret) => ports.hand(sink, secret, secret.name),
  };
}
