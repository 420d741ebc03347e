import { OpsError } from '@opsgraph/errors';
import { Secret } from '@opsgraph/secrets';
import { isTerminal, text } from '@opsgraph/terminal';

/** How a secret gets into a task and out of it. */
export interface SecretPorts {
  /**
   * stdout ends up in a log (turbo, CI): nothing may be revealed there. Ask
   * before something is made that then could be shown to nobody.
   */
  isLogged: boolean;
  /**
   * Reads from what an option of type `secret-source` gave.
   *
   * @param name what it is, for people: `password`
   * @throws OpsError SECRET_SOURCE (64), SECRET_EMPTY (65), SECRET_UNAVAILABLE (78)
   */
  read(source: string, name: string): Promise<Secret>;
  /** Refuses a sink that could not be run. @throws OpsError SECRET_SINK (64) */
  requireSink(sink: string): Promise<void>;
  /** Runs `cmd:program …` with the secret on its standard input. @throws OpsError SECRET_NOT_TAKEN (76) */
  hand(sink: string, secret: Secret, name: string): Promise<void>;
}

export interface PortSettings {
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  canAsk: boolean;
  signal: AbortSignal;
}

/** Nobody types or stores a password that is longer; bytes. */
const largest = 65_536;

export function secretPorts({ root, env, canAsk, signal }: PortSettings): SecretPorts {
  return {
    isLogged: env['TURBO_HASH'] !== undefined || (env['CI'] !== undefined && !isTerminal('stdout')),
    async read(source, name) {
      if (source === 'prompt') return new Secret(name, await ask(name, canAsk, signal));
      if (source === 'stdin') return new Secret(name, await readStdin(name, signal));
      const { storedSecret } = await import('@opsgraph/config');
      return storedSecret(source, name, { root, env }).resolve(signal);
    },
    async requireSink(sink) {
      const { sinkCommand } = await import('@opsgraph/config');
      sinkCommand(sink);
    },
    async hand(sink, secret, name) {
      const { handSecret } = await import('@opsgraph/config');
      await handSecret(sink, secret, { name, root, env, signal });
    },
  };
}

async function ask(name: string, canAsk: boolean, signal: AbortSignal): Promise<string> {
  if (!canAsk) throw badSource(`there is no terminal to ask for the ${name}`, 'use stdin, file:PATH or cmd:PROGRAM');
  const { promptHidden } = await import('@opsgraph/terminal/ask');
  const [first, second] = await promptHidden([text`  ${name}: `, text`  ${name} once more: `], signal);
  if (!first) throw empty(`no ${name} was typed`);
  if (first !== second)
    throw new OpsError({
      code: 'SECRET_DIFFERS',
      exit: 'badData',
      message: `the two ${name}s differ`,
      hint: 'try again',
    });
  return first;
}

async function readStdin(name: string, signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) throw badSource(`standard input is a terminal, which would show the ${name}`, 'use prompt');
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (): void => void process.stdin.destroy(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of process.stdin) {
      chunks.push(chunk);
      size += (chunk as Buffer).length;
      if (size > largest) throw empty(`the ${name} on standard input is longer than ${largest} bytes`);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const value = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (value === '') throw empty(`standard input is closed or empty, but the ${name} is expected there`);
  return value;
}

function badSource(message: string, hint: string): OpsError {
  return new OpsError({ code: 'SECRET_SOURCE', exit: 'usage', message, hint });
}

function empty(message: string): OpsError {
  return new OpsError({
    code: 'SECRET_EMPTY',
    exit: 'badData',
    message,
    hint: 'give it as the only line; nothing was changed',
  });
}
