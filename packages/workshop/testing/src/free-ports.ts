import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The first port that the system itself gives away, to whoever connects or listens without naming one. */
export const firstGivenAway = ((): number => {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
  } catch {
    return 32_768;
  }
})();
const first = 10_000;
/** Where the system keeps nearly all ports for itself, ours are among those. */
const end = firstGivenAway > 2 * first ? firstGivenAway : 65_536;

const reserved: Socket[] = [];

/**
 * Different ports of 127.0.0.1 on which nobody listens, none of which was given to anybody else on this machine who asks
 * here, as long as this process lives; nor does the system give them away before they are used.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(first, end);
    if ((await reserve(port)) && (await nobodyListens(port))) ports.push(port);
  }
  return ports;
}

/** By the number's other half: as long as we hold it for UDP, no other process gets here with it. */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      reserved.push(socket);
      resolve(true);
    });
  });
}

function nobodyListens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    // of all addresses: who listens at one of them has it
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
