import { Duplex } from 'node:stream';
import type { Host, HttpAnswer } from './host.ts';
import { httpGet } from './http-get.ts';
import { httpScript } from './scripts/http.ts';

/**
 * GET by a script on the host, for one whose sshd forwards no ports
 * (AllowTcpForwarding no, DisableForwarding). Slower than through a forwarded
 * port: a few processes there for each question.
 */
export async function askInShell(
  { run }: Pick<Host, 'run'>,
  { port, path, timeout, signal }: { port: number; path: string; timeout: number; signal: AbortSignal | undefined },
): Promise<HttpAnswer> {
  const deadline = performance.now() + timeout;
  const facts = await run(httpScript({ port, path }), { timeout }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw performance.now() >= deadline ? new Error(`no answer within ${timeout} ms`) : error;
  });
  if (facts.some(([key]) => key === 'lacks'))
    throw new Error('ssh forwards no port there (AllowTcpForwarding), and the host has no bash, curl, nc or perl');
  const lines = facts.flatMap(([key, ...rest]) => (key === 'http' ? [rest.join('\t')] : []));
  if (lines.length === 0) throw new Error(`no answer at port ${port}`);
  // the parser of Node reads it as if it came from a socket
  return httpGet({ createConnection: () => answering(`${lines.join('\n')}\n`) }, { port, path, timeout, signal });
}

/** Takes a request and gives this answer. */
function answering(text: string): Duplex {
  return new Duplex({
    read() {
      this.push(text);
      this.push(null);
    },
    write: (_piece, _encoding, done) => done(),
  });
}
