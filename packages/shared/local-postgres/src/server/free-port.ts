import { createServer } from 'node:net';

/** A port of 127.0.0.1 nobody listens on now, or undefined when `wanted` is taken. The system chooses when none is wanted. */
export async function findFreePort(wanted = 0): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
