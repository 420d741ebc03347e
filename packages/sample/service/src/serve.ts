import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { type Answer, answer } from './answer.ts';
import type { Database } from './database.ts';

/** How long connections that are idle may still bring a request, whose answer then says that it is the last; milliseconds. */
const lastRequests = 250;

export interface Service {
  /** The port it listens on; another than was asked for when that was 0. */
  port: number;
  /** Finishes the requests that have begun, takes no others, closes every connection. */
  stop(): Promise<void>;
}

/** Listens on `port` of all interfaces. Rejects when the port is taken. */
export async function serve(database: Database, port: number, release: string): Promise<Service> {
  let isStopping = false;
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    void respond(request, response);
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await answer(request, database, release).catch(unavailable);
    // Told before it is closed, a client does not send its next request into the end of the connection.
    if (isStopping) response.setHeader('connection', 'close');
    const text = `${JSON.stringify(body)}\n`;
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      isStopping = true;
      // http's own close() ends idle connections at once, into which a client may just be sending.
      const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
      setTimeout(() => server.closeIdleConnections(), lastRequests);
      await closed;
    },
  };
}

function unavailable(error: unknown): Answer {
  // biome-ignore lint/plugin: an application has a terminal of its own
  process.stderr.write(`${(error as Error).message}\n`);
  return { status: 503, body: { error: 'the database does not answer' }, headers: { 'retry-after': '5' } };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
