import { createHash } from 'node:crypto';

/**
 * The name of the socket of a shared connection: by what it leads to, which the next step may find configured
 * otherwise; two hosts may be one machine. Short, as the names of sockets must be.
 */
export function socketName(
  name: string,
  { ssh, jump }: { ssh: string | undefined; jump: string | undefined },
  ports: readonly number[],
): string {
  return createHash('sha256')
    .update(JSON.stringify([name, ssh, jump, ports]))
    .digest('hex')
    .slice(0, 12);
}
