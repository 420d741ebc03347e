import { Agent, request } from 'node:http';

export interface Load {
  /** Ends it; what happened. */
  end(): Promise<{ sent: number; failed: string[]; retried: number; seconds: number; answers: Map<string, number> }>;
}

/**
 * Clients that keep their connections, each sending `rate` requests a second.
 *
 * @param retries whether a request that met the end of a reused connection is sent again, as browsers do
 */
export function startLoad(
  port: number,
  { clients, rate, retries }: { clients: number; rate: number; retries: boolean },
): Load {
  const failed: string[] = [];
  const answers = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const used = new WeakSet<object>();
  const began = performance.now();
  let sent = 0;
  let retried = 0;
  const timers = Array.from({ length: clients }, () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return setInterval(() => {
      sent += 1;
      const one = ask(agent, retries).then(
        (version) => void answers.set(version, (answers.get(version) ?? 0) + 1),
        (error: Error) => void failed.push(error.message),
      );
      open.add(one);
      void one.finally(() => open.delete(one));
    }, 1000 / rate);
  });

  function ask(agent: Agent, mayRetry: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/', agent }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve((JSON.parse(body) as { version: string }).version);
          else reject(new Error(`status ${response.statusCode}`));
        });
      });
      asked.setTimeout(10_000, () => asked.destroy(new Error('no answer within 10 s')));
      // Node's own reusedSocket knows nothing of a request that waited until the connection was free
      let isReused = false;
      asked.once('socket', (socket) => {
        isReused = used.has(socket);
        used.add(socket);
      });
      asked.on('error', (error) => {
        if (!mayRetry || !isReused) return reject(error);
        retried += 1;
        ask(agent, true).then(resolve, reject);
      });
      asked.end();
    });
  }

  return {
    async end() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(open);
      return { sent, failed, retried, seconds: (performance.now() - began) / 1000, answers };
    },
  };
}
