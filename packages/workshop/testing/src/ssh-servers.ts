import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Namespace } from './network-namespaces.ts';

export const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(existsSync);
/** .ci/run installs openssh-server and demands these tests; a machine with Node alone does without. */
export const isDemanded = process.env['OPS_TEST_ALL'] === '1';

export interface SshServer {
  port: number;
  /** `user@127.0.0.1:port`. */
  address: string;
  /** Ends the server and every connection to it. */
  cut(): void;
  /** Ends the connections, and says how many there were; new ones are let in. */
  cutConnections(): number;
  /** Nothing answers any more and nobody is told, as when the machine has crashed. */
  freeze(): void;
  thaw(): void;
  restart(): Promise<void>;
}

export interface SshServers extends AsyncDisposable {
  servers: SshServer[];
  knownHosts: string;
  identity: string;
}

/**
 * One real sshd for each port.
 *
 * @param shells what a command is given to there, as a login shell is
 * @param more further lines of their configuration
 * @param namespaces one for each that should be a machine of its own
 */
export async function startSshServers(
  directory: string,
  ports: readonly number[],
  shells: readonly (string | undefined)[] = [],
  more: readonly string[] = [],
  namespaces: readonly Namespace[] = [],
): Promise<SshServers> {
  await mkdir(directory, { recursive: true });
  await mkdir('/run/sshd', { recursive: true }).catch(() => {});
  const home = join(directory, 'home');
  await mkdir(home, { recursive: true });
  const identity = join(directory, 'identity');
  await keygen(identity);
  await writeFile(join(directory, 'authorized_keys'), await readFile(`${identity}.pub`), { mode: 0o600 });
  const { username } = userInfo();
  const known: string[] = [];
  const children = new Set<ChildProcess>();
  const servers = await Promise.all(
    ports.map(async (port, index): Promise<SshServer> => {
      const key = join(directory, `host-key-${index}`);
      await keygen(key);
      const [type, text] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
      const { name: namespace, address = '127.0.0.1' } = namespaces[index] ?? {};
      known.push(`[${address}]:${port} ${type} ${text}`);
      const shell = shells[index];
      const config = [
        `Port ${port}`,
        `ListenAddress ${address}`,
        // cheaper than the default; what is tested is not its arithmetic
        'KexAlgorithms curve25519-sha256',
        `HostKey ${key}`,
        `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
        'PidFile none',
        'StrictModes no',
        'UsePAM no',
        'PasswordAuthentication no',
        'PermitRootLogin prohibit-password',
        'LogLevel ERROR',
        // the person's own .bashrc would run at every command
        `SetEnv HOME=${home}`,
        ...(shell === undefined ? [] : [`ForceCommand ${shell} -c "$SSH_ORIGINAL_COMMAND"`]),
        ...more,
      ];
      await writeFile(join(directory, `config-${index}`), `${config.join('\n')}\n`);
      let child = await listen();

      async function listen(): Promise<ChildProcess> {
        const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
        const argv = [...inside, sshd ?? 'sshd', '-D', '-e', '-f', join(directory, `config-${index}`)];
        const started = spawn(argv[0]!, argv.slice(1), { stdio: 'ignore', detached: true });
        children.add(started);
        await answers(address, port);
        return started;
      }

      return {
        port,
        address: `${username}@${address}:${port}`,
        cut: () => send('SIGKILL', treeOf(child)),
        cutConnections: () => {
          const sessions = sshdBelow(child.pid!);
          send('SIGKILL', sessions);
          return sessions.length;
        },
        freeze: () => send('SIGSTOP', treeOf(child)),
        thaw: () => send('SIGCONT', treeOf(child)),
        restart: async () => {
          child = await listen();
        },
      };
    }),
  );
  const knownHosts = join(directory, 'known_hosts');
  await writeFile(knownHosts, `${known.join('\n')}\n`);
  return {
    servers,
    knownHosts,
    identity,
    async [Symbol.asyncDispose]() {
      for (const child of children) send('SIGKILL', treeOf(child));
    },
  };
}

async function keygen(path: string): Promise<void> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  await chmod(path, 0o600);
}

/** The listener and, below it, sshd's own processes for each connection; not what those run for their users. */
function treeOf({ pid }: ChildProcess): number[] {
  return pid === undefined ? [] : [...sshdBelow(pid), pid];
}

function send(signal: NodeJS.Signals, pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // it has ended
    }
  }
}

function sshdBelow(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
    const own = children.filter((child) => readFileSync(`/proc/${child}/comm`, 'utf8').startsWith('sshd'));
    return own.flatMap((child) => [child, ...sshdBelow(child)]);
  } catch {
    return [];
  }
}

async function answers(host: string, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, host);
      socket.once('data', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('data', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`sshd does not answer at ${host}:${port}`);
}
