import { createConnection } from 'node:net';

/** Of OpenSSH's PROTOCOL.mux; with the version of the protocol and the number of the request. */
const hello = message(0x00000001, 4);
const terminate = message(0x10000005, 0);

/**
 * Ends a shared connection through its socket, as `ssh -O exit` does, without
 * a process for it. Resolves when it is gone, or does not say so in time.
 */
export function endConnection(socket: string, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const asked = createConnection(socket);
    asked.setTimeout(limit, () => asked.destroy());
    asked.once('error', () => {
      // it has ended
    });
    asked.once('close', () => resolve());
    asked.resume();
    asked.write(Buffer.concat([hello, terminate]));
  });
}

function message(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(8, 0);
  bytes.writeUInt32BE(type, 4);
  bytes.writeUInt32BE(value, 8);
  return bytes;
}
