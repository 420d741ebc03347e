import { OpsError } from '@opsgraph/errors';
import { type ChildEnvironment, CommandFailed, run } from '@opsgraph/shell';
import type { Host, HttpAnswer } from './host.ts';
import { scriptFailed } from './host-error.ts';
import { parseHttpAnswer } from './parse-http-answer.ts';
import { runScript } from './run-script.ts';
import { connectCommand, disconnectCommand, remoteCommand, type SshWay, tunnelCommand } from './ssh-arguments.ts';
import { explainSsh, isPassing } from './ssh-error.ts';

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

export interface ConnectedHost extends Host {
  close(): Promise<void>;
}

const attempts = 6;

/**
 * A machine behind the system's ssh. One connection is opened here, with a
 * jittered retry where a server refuses too many at once; everything later
 * goes over it.
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
  signal,
}: SshPlace): Promise<ConnectedHost> {
  const explain = (error: CommandFailed): Error | undefined => explainSsh(name, written, error);
  const explained = (error: unknown): unknown =>
    error instanceof CommandFailed ? (explain(error) ?? scriptFailed(name, error.problems.join('\n'), error)) : error;
  await connect();

  return {
    name,
    root,
    ports,
    run: (script, options) =>
      runScript({ host: name, argv: remoteCommand(way, ['sh', '-s']), env, timeout, signal, explain }, script, options),
    send: async (argv, input) => {
      await run(remoteCommand(way, argv), { env, stdin: input, timeout, signal }).catch((error: unknown) => {
        throw explained(error);
      });
    },
    get,
    close: async () => {
      await run(disconnectCommand(way), { env, timeout: 5000, allowedExitCodes: [0, 255] }).catch(() => {
        // it ends by itself when nobody uses it
      });
    },
  };

  async function connect(): Promise<void> {
    const { default: retry } = await import('p-retry');
    const once = (): Promise<unknown> => run(connectCommand(way), { env, timeout: 30_000, signal });
    try {
      await retry(once, {
        retries: attempts - 1,
        minTimeout: 150,
        factor: 2,
        randomize: true,
        ...(signal && { signal }),
        shouldRetry: ({ error }) => error instanceof CommandFailed && isPassing(error),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw explained(error);
    }
  }

  /** One request over standard input and output: the host needs no curl, and no port open to us. */
  async function get(port: number, path: string, limit: number): Promise<HttpAnswer> {
    const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    try {
      const { stdout } = await run(tunnelCommand(way, port), { env, stdin: request, timeout: limit, signal });
      return parseHttpAnswer(stdout);
    } catch (error) {
      if (error instanceof OpsError && error.code === 'COMMAND_TIMEOUT')
        throw new Error(`no answer within ${limit} ms`);
      if (error instanceof CommandFailed)
        throw new Error(`no answer at port ${port} (${error.problems.at(-1) ?? 'refused'})`);
      throw error;
    }
  }
}
