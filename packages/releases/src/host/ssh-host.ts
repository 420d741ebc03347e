import { rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { PassThrough } from 'node:stream';
import { OpsError } from '@opsgraph/errors';
import { type ChildEnvironment, CommandFailed, run } from '@opsgraph/shell';
import type { Host, HttpAnswer } from './host.ts';
import { scriptFailed } from './host-error.ts';
import { parseHttpAnswer } from './parse-http-answer.ts';
import { feedScript, runScript, type ScriptPlace } from './run-script.ts';
import {
  connectCommand,
  disconnectCommand,
  jumpCommand,
  remoteCommand,
  type SshWay,
  tunnelCommand,
} from './ssh-arguments.ts';
import { explainSsh, isPassing } from './ssh-error.ts';
import { watchAnswer } from './watch-answer.ts';

export interface SshPlace {
  name: string;
  /** As written in the configuration, for messages. */
  written: string;
  way: SshWay;
  root: string;
  ports: readonly number[];
  env: ChildEnvironment;
  timeout: number;
  signal: AbortSignal | undefined;
}

const attempts = 6;
/** Milliseconds after which none is begun: a host that is not there is told in about 10 s, not in a minute. */
const retryFor = 10_000;

/**
 * A machine behind the system's ssh. One connection is opened here, unless an
 * earlier step has left one, with a jittered retry where a server refuses too
 * many at once; everything later goes over it.
 *
 * @throws OpsError HOST_UNREACHABLE (69), HOST_KEY_WRONG, HOST_LOGIN_REFUSED (77)
 */
export async function connectHost({ name, written, way, root, ports, env, timeout, signal }: SshPlace): Promise<Host> {
  const explain = (error: CommandFailed): Error | undefined => explainSsh(name, written, error);
  const explained = (error: unknown): unknown =>
    error instanceof CommandFailed ? (explain(error) ?? scriptFailed(name, error.problems.join('\n'), error)) : error;
  const placeOf = (argv: readonly string[]): ScriptPlace => ({
    host: name,
    argv: remoteCommand(way, argv),
    env,
    timeout,
    signal,
    explain,
  });
  // Should it end meanwhile, ssh opens one for the command alone.
  if (!(await isListening(way.controlPath))) await connect();

  return {
    name,
    root,
    ports,
    run: (script, options) => runScript(placeOf(['sh', '-s']), script, options),
    feed: (script, input) => feedScript(placeOf(['sh', '-c', script]), input),
    get,
    close: async () => {
      await run(disconnectCommand(way), { env, timeout: 5000, allowedExitCodes: [0, 255] }).catch(() => {
        // it ends by itself when nobody uses it
      });
      await forget();
    },
  };

  async function connect(): Promise<void> {
    const { default: retry } = await import('p-retry');
    const once = (): Promise<unknown> => run(connectCommand(way), { env, timeout: 30_000, signal, leavesDaemon: true });
    try {
      await forget();
      await retry(once, {
        retries: attempts - 1,
        maxRetryTime: retryFor,
        minTimeout: 150,
        factor: 2,
        randomize: true,
        ...(signal && { signal }),
        shouldRetry: ({ error }) => error instanceof CommandFailed && isPassing(error),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw (await problemInBetween()) ?? explained(error);
    }
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
    await rm(way.controlPath, { force: true });
  }

  /** One request over standard input and output: the host needs no curl, and no port open to us. */
  async function get(port: number, path: string, limit: number): Promise<HttpAnswer> {
    const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    // Open until the answer is there: a server may drop a request whose sender has closed its half (Node does).
    const input = new PassThrough();
    input.write(request);
    const answer = watchAnswer(() => input.end());
    try {
      const { stdout } = await run(tunnelCommand(way, port), {
        env,
        stdin: input,
        timeout: limit,
        signal,
        passOn: { stdout: answer },
      });
      return parseHttpAnswer(stdout);
    } catch (error) {
      if (error instanceof OpsError && error.code === 'COMMAND_TIMEOUT')
        throw new Error(`no answer within ${limit} ms`);
      if (error instanceof CommandFailed)
        throw new Error(`no answer at port ${port} (${error.problems.at(-1) ?? 'refused'})`);
      throw error;
    } finally {
      input.end();
      answer.destroy();
    }
  }
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
