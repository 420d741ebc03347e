import { rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { type ChildEnvironment, CommandFailed, run } from '@opsgraph/shell';
import { askInShell } from './ask-in-shell.ts';
import { endConnection } from './end-connection.ts';
import type { Host, HttpAnswer } from './host.ts';
import { type Refusals, scriptFailed } from './host-error.ts';
import { httpGet } from './http-get.ts';
import { scriptRunner } from './run-script.ts';
import { connectCommand, jumpCommand, portSocket, remoteCommand, type SshWay } from './ssh-arguments.ts';
import { explainSsh, isPassing } from './ssh-error.ts';
import { whyKeyFails } from './why-key-fails.ts';

export interface SshPlace {
  name: string;
  /** As written in the configuration, for messages. */
  written: string;
  way: SshWay;
  root: string;
  ports: readonly number[];
  env: ChildEnvironment;
  timeout: number;
  refusals?: Refusals;
  signal: AbortSignal | undefined;
}

const attempts = 6;
/** Milliseconds after which none is begun: a host that is not there is reported in about 10 s, not in a minute. */
const retryFor = 10_000;

/**
 * A machine behind the system's ssh. The ssh of its shell opens the connection, unless an earlier step has left one,
 * with a jittered retry where a server refuses too many at once; everything later goes over it.
 *
 * @throws OpsError HOST_UNREACHABLE (69), HOST_KEY_WRONG, HOST_LOGIN_REFUSED (77)
 */
export async function connectHost({
  name,
  written,
  way,
  root,
  ports,
  env,
  timeout,
  refusals = {},
  signal,
}: SshPlace): Promise<Host> {
  const explain = (error: CommandFailed): Error | undefined => explainSsh(name, written, error);
  const explained = (error: unknown): unknown =>
    error instanceof CommandFailed
      ? (explain(error) ?? scriptFailed(name, error.problems.join('\n'), { refusals, cause: error }))
      : error;
  const scripts = scriptRunner({ host: name, command: shell, env, timeout, refusals, signal, explain });
  let forwardsNone = false;
  // while the next host is being connected
  if (await isListening(way.controlPath)) scripts.open();
  else await connect();

  return {
    name,
    root,
    ports,
    ...scripts,
    get,
    close: async () => {
      await scripts.leave();
      // otherwise it ends by itself when nobody uses it
      await endConnection(way.controlPath, 5000);
      await forget();
    },
  };

  async function shell(): Promise<readonly string[]> {
    const argv = ['sh', '-s'];
    // should it end just now, ssh opens one for the command alone
    if (await isListening(way.controlPath)) return remoteCommand(way, argv);
    await forget();
    return connectCommand(way, ports, argv);
  }

  async function connect(): Promise<void> {
    const once = (): Promise<void> => scripts.reach(30_000);
    try {
      await once().catch(async (error: unknown) => {
        if (!mayPass(error)) throw error;
        const { default: retry } = await import('p-retry');
        await sleep(150 + Math.random() * 150, undefined, signal && { signal });
        return retry(once, {
          retries: attempts - 2,
          maxRetryTime: retryFor,
          minTimeout: 300,
          factor: 2,
          randomize: true,
          ...(signal && { signal }),
          shouldRetry: ({ error: another }) => mayPass(another),
        });
      });
    } catch (error) {
      // it may have been opened just before it was interrupted
      await endConnection(way.controlPath, 1000);
      signal?.throwIfAborted();
      throw (await problemInBetween()) ?? (await withReason(explained(error)));
    }
  }

  async function withReason(error: unknown): Promise<unknown> {
    if (!(error instanceof OpsError) || error.code !== 'HOST_LOGIN_REFUSED') return error;
    const reason = await whyKeyFails(way.identity, env);
    if (reason === undefined) return error;
    const { code, exit, message, problems } = error;
    return new OpsError({ code, exit, message, hint: reason, problems, cause: error });
  }

  /** ssh shows nothing of what its ProxyCommand says: only that the connection was closed. */
  async function problemInBetween(): Promise<unknown> {
    const argv = jumpCommand(way);
    if (argv === undefined) return undefined;
    try {
      await run(argv, { env, timeout: 30_000, signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CommandFailed) return explainSsh(name, `the jump host ${way.jump?.name}`, error);
    }
    return undefined;
  }

  /** A socket that a killed connection has left would keep a new one from listening there. */
  async function forget(): Promise<void> {
    const sockets = [way.controlPath, ...ports.map((port) => portSocket(way, port))];
    await Promise.all(sockets.map((socket) => rm(socket, { force: true })));
  }

  /** Through the connection, where ssh forwards ports: the host needs no curl, and no port open to us. */
  async function get(port: number, path: string, timeout: number): Promise<HttpAnswer> {
    const question = { port, path, timeout, signal };
    const ask = () => httpGet({ socketPath: portSocket(way, port) }, question);
    // a port of before the configuration changed has no way through the connection
    if (forwardsNone || !ports.includes(port)) return askInShell({ run: scripts.run }, question);
    try {
      return await ask().catch(async (error: NodeJS.ErrnoException) => {
        // the connection has ended meanwhile, and with it the shell or soon
        if (error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED') throw error;
        await scripts.leave();
        await connect();
        return ask();
      });
    } catch (error) {
      if (!['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      // what ssh could not connect there, or may not, it closes without a word, perhaps before we have asked
      const answer = await askInShell({ run: scripts.run }, question);
      forwardsNone = true;
      return answer;
    }
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof CommandFailed && isPassing(error);
}

/** Whether a connection of an earlier step is there; a socket alone may be what a killed one has left. */
function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(socket);
    const answer = (isThere: boolean): void => {
      probe.destroy();
      resolve(isThere);
    };
    probe.once('connect', () => answer(true));
    probe.once('error', () => answer(false));
  });
}
